import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PeerStanding } from './standing.ts';

describe('the standing of a peer', () => {
  test('TW-2.1.3: counts the time since the peer was heard, and before that since it is known', () => {
    const standing = new PeerStanding(1_000);
    assert.equal(standing.at(1_000).silentMs, 0);
    assert.equal(standing.at(61_000.4).silentMs, 60_000);
    standing.heard(61_000);
    assert.equal(standing.at(61_250).silentMs, 250);
  });

  test('TW-2.2.5 TW-2.2.9: counts what could not be sent, and begins the row anew with a sign of life', () => {
    const standing = new PeerStanding(0);
    standing.unsent(1);
    standing.unsent(4);
    assert.deepEqual(standing.at(0), { silentMs: 0, unsentFrames: 5, unsentSinceHeard: 5 });
    standing.heard(10);
    assert.deepEqual(standing.at(10), { silentMs: 0, unsentFrames: 5, unsentSinceHeard: 0 });
    standing.unsent(2);
    assert.deepEqual(standing.at(11), { silentMs: 1, unsentFrames: 7, unsentSinceHeard: 2 });
  });
});
