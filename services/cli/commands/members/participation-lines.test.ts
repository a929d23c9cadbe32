import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientExplanation, ClientParticipation } from '#libs/client/participation.ts';
import { participationLines } from './participation-lines.ts';

const LATE: ClientParticipation = {
  ...{ member: 'm3', signed: false, cause: 'late-vote', evidence: ['it came 35 ms after'] },
  summary: 'its vote came after the quorum',
  ...{ lateMs: 35, sinceUnixMs: undefined, reportedHeight: undefined },
};
const TOLD: ClientExplanation = {
  ...{ answeredBy: 'm0', chainId: 'c', height: 5n, epoch: 0n, certifiedHeight: 5n, view: 6n, leader: 'm2' },
  ...{ signers: ['m0', 'm1', 'm2'], members: [LATE], decidedUnixMs: undefined, countedVotes: true },
};

test('a person reads the view, its leader, who signed, and for each other why not', () => {
  assert.deepEqual(participationLines(TOLD), [
    'height 5 of epoch 0 was decided in view 6, led by m2, as m0 holds it',
    'signed by m0, m1, m2',
    'm3 did not sign: late-vote, its vote came after the quorum',
    '  it came 35 ms after',
  ]);
});

test('blocks that were decided together, a leader that nobody knows, and members that signed are said', () => {
  const signed: ClientParticipation = { ...LATE, member: 'm1', signed: true, cause: undefined, evidence: [] };
  const told = { ...TOLD, certifiedHeight: 7n, leader: undefined, members: [signed] };
  const [place, , one] = participationLines(told);
  assert.equal(
    place,
    'height 5 of epoch 0 was decided together with 7, whose certificate is of view 6, as m0 holds it',
  );
  assert.equal(one, 'm1 signed');
  assert.equal(participationLines({ ...TOLD, members: [] }).at(-1), 'all members of that epoch signed');
});

test('words of a hostile member do nothing to a terminal', () => {
  const lines = participationLines({
    ...TOLD,
    members: [{ ...LATE, member: 'a\u001b[2J', evidence: ['b\r\nc\u0007'] }],
  });
  assert.match(lines.join('\n'), /a\?\[2J did not sign/);
  assert.equal(lines.at(-1), '  b??c?');
});
