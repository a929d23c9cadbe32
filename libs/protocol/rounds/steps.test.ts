import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import {
  certifiedIn,
  leftIn,
  RoundsCore,
  roundBlock,
  roundLeave,
  roundProposal,
  roundVote,
} from '#test/support/rounds/rounds-harness.ts';
import type { Input } from '../module.ts';
import type { RoundsMessage } from './message.ts';
import { roundsSteps } from './steps.ts';

const B1 = roundBlock(GENESIS);

/** The names of the steps that one input shows. */
function stepsOf(core: RoundsCore, input: Input<RoundsMessage>): readonly string[] {
  const before = core.state;
  core.step(input);
  return [...roundsSteps.stepped(before, input, core.state)].map(({ name }) => name);
}

test('each message has a step by its name, sent, heard and refused', () => {
  const { height, view, member } = roundVote(1, 'prepare', B1);
  const messages: readonly RoundsMessage[] = [
    roundProposal(B1),
    roundVote(1, 'prepare', B1),
    roundLeave(1),
    { kind: 'certificate', certificate: certifiedIn('commit', B1) },
    { kind: 'left', leave: leftIn(0) },
    { kind: 'request', height, view, hasProposal: false, have: new Map() },
    { kind: 'recovery', height, view, statements: [] },
  ];
  assert.deepEqual(
    messages.map((each) => roundsSteps.message(each, 'received', member).name),
    [
      'proposal_received',
      'prepare_vote_received',
      'leave_received',
      'commit_certificate_received',
      'leave_certificate_received',
      'request_received',
      'recovery_received',
    ],
  );
  const refused = roundsSteps.refusal(roundLeave(1), member, 'far-future');
  assert.deepEqual([refused.name, refused.reason, refused.member], ['leave_rejected', 'far_future', 1]);
});

test('a certificate is told when it is adopted, and a view when it is left', () => {
  const core = new RoundsCore({ me: 2 });
  core.propose(B1);
  core.votes('prepare', B1, [0, 1]);
  const vote = roundVote(3, 'prepare', B1);
  assert.deepEqual(stepsOf(core, { kind: 'message', from: vote.member, message: vote }), [
    'prepare_vote_validated',
    'prepare_certificate_adopted',
  ]);
  const position = { instance: core.at.height, view: core.at.view };
  assert.deepEqual(stepsOf(core, { kind: 'timer', name: 'round', position }), ['view_left']);
  const shown = { kind: 'certificate', certificate: certifiedIn('commit', B1) } as const;
  assert.deepEqual(stepsOf(core, { kind: 'message', from: vote.member, message: shown }), [
    'commit_certificate_validated',
    'commit_certificate_adopted',
  ]);
});
