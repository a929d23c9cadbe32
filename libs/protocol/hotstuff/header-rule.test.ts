import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toView } from '#libs/chain/ids.ts';
import { hotStuffFollows } from './header-rule.ts';

const { header: genesis } = genesisBlock({ genesisTimeMs: 0n });
const parent = { ...genesis, view: toView(5n) };

describe('a header of HotStuff', () => {
  test('follows a parent of any lower view', () => {
    for (const view of [6n, 7n, 2n ** 64n - 1n])
      assert.equal(hotStuffFollows(parent, { ...genesis, view: toView(view) }), undefined);
  });

  test('follows none of its own view or of a higher one', () => {
    for (const view of [5n, 4n, 0n])
      assert.equal(hotStuffFollows(parent, { ...genesis, view: toView(view) }), 'view not above its parent');
  });

  test('has no extension of the protocol; those of other layers are not its business', () => {
    const saying = (tag: number) => ({
      ...genesis,
      view: toView(6n),
      extensions: [{ tag, content: Uint8Array.of(1) }],
    });
    assert.match(
      hotStuffFollows(parent, saying(2)) ?? '',
      /header extension 2 of the protocol, which has none/,
    );
    assert.equal(hotStuffFollows(parent, saying(1)), undefined);
  });
});
