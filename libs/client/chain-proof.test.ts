import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { handoverOf, NEXT } from '#test/support/chain/handovers.ts';
import { rosterOf } from '#test/support/chain/membership.ts';
import { type ChainProof, decodeChainProof, encodeChainProof } from './chain-proof.ts';

const HANDOVERS = [
  handoverOf(),
  handoverOf({ epoch: 2n, roster: rosterOf(4, 20), signers: NEXT, signed: [0, 2, 3] }),
];
const [{ header, certificate, payloadProof }] = HANDOVERS as [(typeof HANDOVERS)[0]];
const stateProof = { ...payloadProof, index: 7n, size: 9n };
const transaction = { payloadProof, stateProof, block: { header, certificate, descendants: [header] } };

/** The same with plain arrays, for comparing. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify({ value }, (_, each) => {
      if (typeof each === 'bigint') return String(each);
      return each instanceof Uint8Array ? Buffer.from(each).toString('hex') : each;
    }),
  );

describe('a proof for a host without a network', () => {
  for (const [what, proof] of [
    ['handovers and a transaction', { handovers: HANDOVERS, transaction }],
    ['handovers alone', { handovers: HANDOVERS, transaction: undefined }],
    ['a transaction of the first epoch', { handovers: [], transaction }],
  ] as const satisfies readonly (readonly [string, ChainProof])[]) {
    test(`of ${what} is read as it was written`, () => {
      const { handovers, transaction: found } = decodeChainProof(encodeChainProof(proof));
      assert.deepEqual(plain(handovers), plain(proof.handovers));
      const { digest: _, transactions: __, ...block } = { ...found?.block } as Record<string, unknown>;
      assert.deepEqual(plain(found && { ...found, block }), plain(proof.transaction));
    });
  }

  const whole = encodeChainProof({ handovers: HANDOVERS, transaction });
  test('is refused when it is another file, cut short at any place, or longer', () => {
    const detail = { code: 'CLIENT_ANSWER_INVALID' };
    for (const bytes of [new Uint8Array(), Buffer.from('{}'), Buffer.concat([whole, Buffer.of(0)])]) {
      assert.throws(() => decodeChainProof(bytes), { detail, message: /the proof cannot be used/ });
    }
    for (let end = 0; end < whole.length; end += 61) {
      assert.throws(() => decodeChainProof(whole.subarray(0, end)), { detail }, `${end} bytes`);
    }
  });

  test('is refused when a part of it is no Protobuf', () => {
    const spoilt = Buffer.from(whole);
    spoilt.fill(0xff, 40, 80);
    assert.throws(() => decodeChainProof(spoilt), { detail: { code: 'CLIENT_ANSWER_INVALID' } });
  });
});
