import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PeerEntry } from '#libs/settings/peer-entry.ts';
import { ParticipantSession } from './participant-session.ts';

const peer = (fill: number): PeerEntry => ({
  publicKey: new Uint8Array(32).fill(fill),
  addresses: [],
  learned: true,
});

describe('the session of a participant', () => {
  test('P2P-67 tells peers in the order of all steps, and of lists that wait only the newest', async () => {
    const session = new ParticipantSession('gateway');
    session.peersInForce([peer(1)]);
    session.peersInForce([peer(1), peer(2)]);
    const committed = session.commit();
    session.peersInForce([]);
    const told: string[] = [];
    for await (const { stepId, step } of session.steps(new AbortController().signal)) {
      told.push(step?.$case === 'peers' ? `${step.value.peers.length} peers` : `${step?.$case}`);
      if (step?.$case === 'commit') session.answer({ message: { $case: 'done', value: { stepId } } });
      if (told.length === 3) break;
    }
    await committed;
    assert.deepEqual(told, ['2 peers', 'commit', '0 peers']);
  });
});
