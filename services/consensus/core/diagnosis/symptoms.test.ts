import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { FAILED_VIEWS_MAX, PEER_FAULTS_MAX, RECENT_MS } from './diagnosis-limits.ts';
import { PeerFaults } from './peer-faults.ts';
import { type LoneBlock, type SeenConditions, Symptoms } from './symptoms.ts';

const WELL: SeenConditions = {
  isQuorumLost: false,
  isBehind: false,
  isWaiting: false,
  isDraining: false,
  areEventsAway: false,
  viewTimeoutMs: 1_000,
};
const NOTHING = { quorumLostMs: 0, stillMs: 0, waitingMs: 0, drainedMs: 0, eventsAwayMs: 0 };

let nowMs = 0;
beforeEach(() => {
  nowMs = 1_000;
});

describe('what shows over time', () => {
  test('is measured from the look that saw it first, each for itself, and is over with the look that does not see it', () => {
    const symptoms = new Symptoms(() => nowMs);
    assert.deepEqual(symptoms.look({ ...WELL, isQuorumLost: true }), NOTHING);
    nowMs += 500;
    const both = { ...WELL, isQuorumLost: true, areEventsAway: true };
    assert.deepEqual(symptoms.look(both), { ...NOTHING, quorumLostMs: 500 });
    nowMs += 500;
    assert.deepEqual(symptoms.look(both), { ...NOTHING, quorumLostMs: 1_000, eventsAwayMs: 500 });
    assert.deepEqual(symptoms.look(WELL), NOTHING);
    nowMs += 500;
    assert.deepEqual(symptoms.look(both), NOTHING);
  });

  test('begins anew with each block, for transactions that wait and for a member that is behind', () => {
    const symptoms = new Symptoms(() => nowMs);
    const seen = { ...WELL, isWaiting: true, isBehind: true, isQuorumLost: true };
    symptoms.look(seen);
    nowMs += 800;
    assert.deepEqual(symptoms.look(seen), { ...NOTHING, quorumLostMs: 800, stillMs: 800, waitingMs: 800 });
    symptoms.decided(undefined);
    assert.deepEqual(symptoms.look(seen), { ...NOTHING, quorumLostMs: 800 });
  });

  test('are the failed views of the last minutes, by leader, most first, and no more than are remembered', () => {
    const symptoms = new Symptoms(() => nowMs);
    symptoms.viewFailed('m1', true);
    nowMs += RECENT_MS;
    symptoms.viewFailed('m2', false);
    symptoms.viewFailed('m2', true);
    assert.deepEqual(symptoms.failedViews(), [
      { leader: 'm2', failed: 2, unproposed: 1 },
      { leader: 'm1', failed: 1, unproposed: 0 },
    ]);
    nowMs += 1;
    assert.deepEqual(
      symptoms.failedViews().map(({ leader }) => leader),
      ['m2'],
    );
    for (let more = 0; more < FAILED_VIEWS_MAX; more++) symptoms.viewFailed('m3', false);
    assert.deepEqual(symptoms.failedViews(), [
      { leader: 'm3', failed: FAILED_VIEWS_MAX, unproposed: FAILED_VIEWS_MAX },
    ]);
  });
});

describe('clocks', () => {
  const MEMBERS = ['m0', 'm1'];
  const blockAt = (aheadMs: number): LoneBlock => ({
    proposer: 'm1',
    timestampMs: 5_000_000 + aheadMs,
    nowMs: 5_000_000,
  });
  const seen = (symptoms: Symptoms, aheadMs: number, conditions = WELL) => {
    symptoms.decided(blockAt(aheadMs));
    symptoms.look(conditions);
    return symptoms.clocks(MEMBERS);
  };

  test('that are ahead show in one block, and those that are behind in two', () => {
    assert.deepEqual(seen(new Symptoms(() => nowMs), 30_001), [{ member: 'm1', aheadMs: 30_001 }]);
    const behind = new Symptoms(() => nowMs);
    assert.deepEqual(seen(behind, -31_001), []);
    assert.deepEqual(seen(behind, -31_001), [{ member: 'm1', aheadMs: -31_001 }]);
    assert.deepEqual(behind.clocks(['m0']), [], 'who left is not blamed');
  });

  test('are well within half a minute and the time of a view, and again with the next good block', () => {
    const symptoms = new Symptoms(() => nowMs);
    assert.deepEqual(seen(symptoms, 30_000), []);
    assert.deepEqual([seen(symptoms, -31_000), seen(symptoms, -31_000)], [[], []]);
    seen(symptoms, 90_000);
    assert.deepEqual(seen(symptoms, 0), []);
  });

  test('are not judged by blocks that came late: several at once, or to a member that is behind', () => {
    const symptoms = new Symptoms(() => nowMs);
    assert.deepEqual(seen(symptoms, 90_000, { ...WELL, isBehind: true }), []);
    symptoms.decided(blockAt(90_000));
    symptoms.decided(undefined);
    symptoms.look(WELL);
    assert.deepEqual(symptoms.clocks(MEMBERS), []);
  });
});

describe('faults of peers', () => {
  test('are counted by peer and kind while they are recent, and honest ones are none', () => {
    const faults = new PeerFaults(() => nowMs);
    faults.refused('m1', 'invalid', 'FORGED_QC');
    faults.refused('m1', 'invalid', 'FORGED_QC');
    faults.refused('m1', 'malformed', undefined);
    faults.noticed('m2', 'TIMEOUT_SPAM');
    for (const cause of ['stale', 'duplicate', 'far-future', 'wrong-epoch', 'unsafe'] as const)
      faults.refused('m3', cause, undefined);
    for (const code of ['BANDWIDTH_THROTTLE', 'PREMATURE_VOTE', undefined] as const)
      faults.noticed('m3', code);
    const recent = [
      { peer: 'm1', topic: 'FORGED_QC', count: 2 },
      { peer: 'm1', topic: 'malformed', count: 1 },
      { peer: 'm2', topic: 'TIMEOUT_SPAM', count: 1 },
    ];
    assert.deepEqual(faults.recent(), recent);
    nowMs += RECENT_MS;
    assert.deepEqual(faults.recent(), recent);
    nowMs += 1;
    assert.deepEqual(faults.recent(), []);
    faults.noticed('m2', 'TIMEOUT_SPAM');
    assert.deepEqual(faults.recent(), [{ peer: 'm2', topic: 'TIMEOUT_SPAM', count: 1 }]);
  });

  test('are bounded: the one that was seen longest ago is forgotten', () => {
    const faults = new PeerFaults(() => nowMs);
    faults.noticed('first', 'TIMEOUT_SPAM');
    faults.noticed('second', 'TIMEOUT_SPAM');
    faults.noticed('first', 'TIMEOUT_SPAM');
    for (let more = 0; more < PEER_FAULTS_MAX - 1; more++) faults.noticed(`p${more}`, 'TIMEOUT_SPAM');
    const peers = faults.recent().map(({ peer }) => peer);
    assert.deepEqual([peers.length, peers[0], peers.includes('second')], [PEER_FAULTS_MAX, 'first', false]);
  });
});
