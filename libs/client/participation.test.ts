import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExplainHeightResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { explanationFrom } from './participation.ts';

const ANSWER: ExplainHeightResponse = {
  header: { chainId: 'c', member: 'm0', epoch: 0n, view: 3n, finalHeight: 5n, finalDigest: new Uint8Array() },
  ...{ height: 5n, epoch: 0n, certifiedHeight: 5n, view: 6n, leader: '', signers: ['m0', 'm1', 'm2'] },
  members: [{ member: 'm3', signed: false, cause: 'late-vote', evidence: ['late'], lateMs: 4 }],
  ...{ decidedUnixMs: undefined, countedVotes: false },
};

test('an explanation has who answered, and no leader where none is known', () => {
  const { answeredBy, leader, members } = explanationFrom(ANSWER);
  assert.deepEqual([answeredBy, leader], ['m0', undefined]);
  assert.equal(members[0]?.summary, 'its vote came after the quorum');
  assert.deepEqual([members[0]?.cause, members[0]?.evidence, members[0]?.lateMs], ['late-vote', ['late'], 4]);
  assert.equal(explanationFrom({ ...ANSWER, header: undefined, leader: 'm1' }).leader, 'm1');
});

test('a cause of a newer version is unknown, and its name is told with the evidence', () => {
  const newer = { member: 'm3', signed: false, cause: 'toString', evidence: ['x'] };
  const [told] = explanationFrom({ ...ANSWER, members: [newer] }).members;
  assert.deepEqual([told?.cause, told?.evidence], ['unknown', ['cause toString', 'x']]);
  const signed = { member: 'm3', signed: true, cause: '', evidence: [] };
  const [one] = explanationFrom({ ...ANSWER, members: [signed] }).members;
  assert.deepEqual([one?.signed, one?.cause, one?.evidence], [true, undefined, []]);
});
