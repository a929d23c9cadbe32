import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { LoneChain } from '#test/support/engine/lone-chain.ts';
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
