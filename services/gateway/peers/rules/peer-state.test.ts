import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { nextPeerState, type PeerEvent, type PeerState, stateTimeLimitMs } from './peer-state.ts';

const STATES: readonly PeerState[] = ['idle', 'connecting', 'connected', 'disconnecting', 'failed'];
const EVENTS: readonly PeerEvent[] = ['dial', 'opened', 'dial-failed', 'lost', 'close', 'closed'];

const LEGAL: readonly string[] = [
  'idle -dial-> connecting',
  'idle -opened-> connected',
  'connecting -opened-> connected',
  'connecting -dial-failed-> failed',
  'connecting -close-> disconnecting',
  'connected -lost-> failed',
  'connected -close-> disconnecting',
  'disconnecting -closed-> idle',
  'failed -dial-> connecting',
  'failed -opened-> connected',
  'failed -close-> disconnecting',
];

describe('peer state', () => {
  test('P2P-08 has these transitions and no others', () => {
    const found = STATES.flatMap((state) =>
      EVENTS.flatMap((event) => {
        const next = nextPeerState(state, event);
        return next === undefined ? [] : [`${state} -${event}-> ${next}`];
      }),
    );
    assert.deepEqual(found.toSorted(), LEGAL.toSorted());
  });

  test('P2P-08 has a time limit in every state that must not last, above what its parts may take', () => {
    const times = { addresses: 2, connectionTimeoutMs: 10_000 };
    const limits = STATES.map((state) => stateTimeLimitMs(state, times));
    assert.deepEqual(
      limits.map((limit) => limit === undefined),
      [true, false, false, false, false],
    );
    assert.ok((stateTimeLimitMs('connecting', times) ?? 0) > 20_000);
    assert.equal(stateTimeLimitMs('failed', { ...times, addresses: 0 }), undefined);
  });

  test('can be left again from every state', () => {
    for (const state of STATES) assert.ok(EVENTS.some((event) => nextPeerState(state, event) !== undefined));
  });

  test('never shows a connection that nobody opened', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS)), (events) => {
        let state: PeerState = 'idle';
        for (const event of events) {
          const next = nextPeerState(state, event);
          assert.ok(next !== 'connected' || event === 'opened');
          state = next ?? state;
        }
      }),
    );
  });
});
