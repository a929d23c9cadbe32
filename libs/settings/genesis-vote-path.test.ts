import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Encoder } from '#libs/bytes/encoder.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { genesisBytes, genesisDigest } from './genesis.ts';
import { foundingOf } from './genesis-membership.ts';
import { genesisText } from './genesis-text.ts';
import { parseGenesis } from './parse-genesis.ts';

const { vectors }: { readonly vectors: readonly { readonly genesis: object; readonly digest: string }[] } =
  JSON.parse(readFileSync(new URL('../../test/vectors/genesis-terms.json', import.meta.url), 'utf8'));
const { genesis: plain, digest } = vectors[0] ?? assert.fail('no vector');

const said = (numbers: object) => parseGenesis(JSON.stringify({ ...plain, protocol_parameters: numbers }));

describe('vote_path of a genesis', () => {
  test('is leader in a file that does not say it, and in one that does: the digests are those of before', () => {
    for (const numbers of [{}, { vote_path: 'leader' }]) {
      const genesis = said(numbers);
      assert.equal(genesisDigest(genesis), digest);
      assert.doesNotMatch(genesisText(genesis), /vote_path/);
    }
  });

  test('all is a number of the protocol, hashed behind the members, and comes back as its word', () => {
    const genesis = said({ vote_path: 'all' });
    const section = new Encoder().text('btcfed/protocol-parameters/v1').u32(1).text('vote_path').u64(1n);
    const before = toHex(genesisBytes(said({})));
    assert.equal(toHex(genesisBytes(genesis)), before + toHex(section.finish()));
    assert.match(genesisText(genesis), /"protocol_parameters": \{\n\s+"vote_path": "all"/);
    assert.deepEqual(parseGenesis(genesisText(genesis)), genesis);
  });

  test('is in the terms of the first epoch', () => {
    const { digest: root } = genesisBlock({ genesisTimeMs: 0n });
    assert.equal(foundingOf(said({ vote_path: 'all' }), root).terms.parameters['vote_path'], 1);
    assert.ok(!('vote_path' in foundingOf(said({}), root).terms.parameters));
  });

  for (const value of ['some', 1, 0, true, null, '']) {
    test(`is refused as ${JSON.stringify(value)}`, () => {
      const message = `protocol_parameters.vote_path: got ${JSON.stringify(value)}; expected leader or all: `;
      assert.throws(
        () => said({ vote_path: value }),
        (error: Error) => error.message.includes(message),
      );
    });
  }

  test('has its place in protocol_parameters alone', () => {
    const { parameters } = JSON.parse(JSON.stringify(plain));
    const file = { ...plain, parameters: { ...parameters, vote_path: 'all' } };
    assert.throws(() => parseGenesis(JSON.stringify(file)), /parameters: unknown key "vote_path"; remove it/);
  });
});
