import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toHeight } from '#libs/chain/ids.ts';
import type { LoadedChain } from './adapters/load-chain.ts';
import { haltHeightOf } from './compose-halt.ts';
import { consensusConfig } from './config.ts';

/** A chain whose newest final height is 7, with a snapshot of that height on its way, or none. */
function chainAt7(staged?: bigint) {
  const calls: string[] = [];
  const chain = {
    store: { tip: () => ({ header: { height: 7n } }) },
    snapshots: {
      staged: () => (staged === undefined ? undefined : { block: { header: { height: staged } } }),
      unstage: () => calls.push('unstage'),
    },
  };
  return { calls, chain: chain as unknown as Pick<LoadedChain, 'store' | 'snapshots'> };
}

const at = (height: bigint | undefined) => ({
  CONSENSUS_HALT_AT_HEIGHT: height === undefined ? undefined : toHeight(height),
});

describe('a member that is started with a height to stop behind', () => {
  test('takes it, also when it is there already: it was started again after a crash', () => {
    for (const height of [7n, 8n]) assert.equal(haltHeightOf(at(height), chainAt7().chain).height, height);
    assert.equal(haltHeightOf(at(undefined), chainAt7().chain).height, undefined);
  });

  test('does not start when it is passed, and names both heights and what to do', () => {
    assert.throws(() => haltHeightOf(at(6n), chainAt7().chain), {
      message:
        'height 6 to halt at is passed: the newest final height here is 7. Name one from 7 on, or leave --halt-at-height ' +
        '(CONSENSUS_HALT_AT_HEIGHT) out',
      detail: { code: 'CONSENSUS_HALT_HEIGHT_PASSED' },
    });
  });

  test('gives up a snapshot that would lead over it, and no other', () => {
    for (const [staged, calls] of [
      [11n, ['unstage']],
      [10n, []],
    ] as const) {
      const { chain, calls: seen } = chainAt7(staged);
      haltHeightOf(at(10n), chain);
      assert.deepEqual(seen, calls);
    }
  });

  test('says in the settings what a height is', () => {
    const setting = consensusConfig.shape.CONSENSUS_HALT_AT_HEIGHT;
    assert.equal(setting.parse('12'), 12n);
    for (const text of ['0', '-1', '1.5', 'x', '1'.repeat(19)])
      assert.match(
        setting.safeParse(text).error?.message ?? '',
        /expected a height, a whole number from 1 on/,
      );
  });
});
