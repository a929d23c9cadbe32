import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sealBlock } from '#libs/chain/block.ts';
import { toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { LoneChain } from '#test/support/engine/lone-chain.ts';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { RANGE_BYTES_MAX } from '../ports/range-limits.ts';
import { RequestServer } from './request-server.ts';
import { RANGES_SERVED_PER_SECOND_MAX } from './sync-limits.ts';

test('F-23: the votes of a state are put together for no request beyond the budget of who asks', () => {
  const chain = new LoneChain();
  let made = 0;
  const sent: number[] = [];
  const server = new RequestServer({
    chain,
    snapshots: chain.snapshots,
    peers: { connected: () => [], send: () => void sent.push(1) },
    clock: { nowMs: () => 0, after: () => () => undefined },
    book: {
      sectionsAt: () => {
        made += 1;
        return [];
      },
    },
  });
  const ask = (): boolean =>
    server.answer({ kind: 'snapshot-request', requestId: 1n, height: toHeight(1n) }, toMemberIndex(1));
  const answered = Array.from({ length: 10 * RANGES_SERVED_PER_SECOND_MAX }, ask).filter(Boolean).length;
  assert.deepEqual([answered, sent.length, made], Array(3).fill(RANGES_SERVED_PER_SECOND_MAX));
});

for (const [size, sizeBytes, times] of [
  ['small', 1, 4],
  ['of half a range', RANGE_BYTES_MAX / 2, 2],
  ['as large as a range', RANGE_BYTES_MAX, 1],
] as const) {
  test(`F-24: a member is given ${times} times as many blocks by digest as ranges, when they are ${size}`, () => {
    const chain = new LoneChain();
    const { digest, header } = GENESIS;
    const block = { ...sealBlock(header, [transactionOf(new Uint8Array(sizeBytes).fill(1))]), digest };
    const sent: number[] = [];
    const server = new RequestServer({
      chain: Object.assign(chain, { blockOf: () => block }),
      snapshots: chain.snapshots,
      peers: { connected: () => [], send: () => void sent.push(1) },
      clock: { nowMs: () => 0, after: () => () => undefined },
    });
    const ask = (): boolean => server.answer({ kind: 'block-request', digest }, toMemberIndex(1));
    const answered = Array.from({ length: 10 * RANGES_SERVED_PER_SECOND_MAX }, ask).filter(Boolean).length;
    assert.deepEqual([answered, sent.length], Array(2).fill(times * RANGES_SERVED_PER_SECOND_MAX));
  });
}
