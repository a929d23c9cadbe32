import type { StepTeller } from '../hosting/description.ts';
import type { Input, RefusalCause } from '../module.ts';
import type { HotStuffMessage, Proposal } from './message.ts';
import { certificateStep, type HotStuffStep, messageStep, phaseWord } from './message-steps.ts';
import type { HotStuffState } from './state.ts';
import { isPhase } from './statements.ts';
import { isSafe } from './voting.ts';

/** Reasons of the event registry, where they differ from ours. */
const REASONS: Readonly<Partial<Record<RefusalCause, string>>> = {
  stale: 'view_invalid',
  'far-future': 'view_invalid',
  unsafe: 'safenode_violated',
  duplicate: 'duplicate_vote_prevented',
};

/** HotStuff's steps in the words of the event registry. */
export const hotStuffSteps: StepTeller<HotStuffState, HotStuffMessage> = {
  message: messageStep,
  refusal(message, from, cause) {
    const reason = REASONS[cause] ?? cause.replaceAll('-', '_');
    return { ...messageStep(message, 'rejected', from), reason };
  },
  signing({ kind, view, block }) {
    if (!isPhase(kind) || block === undefined) return undefined;
    return { name: `${phaseWord(kind)}_vote_created`, view, ...block, phase: kind };
  },
  stepped: stepsOf,
};

/** The reported steps of one step of the protocol, derived from its input and from the changes of the state. */
function* stepsOf(
  before: HotStuffState,
  input: Input<HotStuffMessage>,
  after: HotStuffState,
): Generator<HotStuffStep> {
  yield* inputSteps(before, input, after);
  if (after.high.view > before.high.view) {
    yield {
      ...certificateStep(after.high),
      name: 'highest_qc_updated',
      view: after.view,
      justifyView: after.high.view,
    };
  }
  if (after.proposal !== undefined && after.proposal !== before.proposal && input.kind !== 'signed') {
    yield* proposalSteps(after, after.proposal);
  }
  yield* formedSteps(before, input, after);
  if (after.locked !== undefined && after.locked.view !== before.locked?.view) {
    yield { ...certificateStep(after.locked), name: 'locked_qc_updated', lockedView: after.locked.view };
  }
}

function* inputSteps(
  before: HotStuffState,
  input: Input<HotStuffMessage>,
  after: HotStuffState,
): Generator<HotStuffStep> {
  switch (input.kind) {
    case 'message':
      // A proposal is valid once it was found safe, see below.
      if (input.message.kind !== 'proposal') yield messageStep(input.message, 'validated', input.from);
      return;
    case 'timer':
      if (after.timedOut !== before.timedOut)
        yield { name: 'view_timeout_detected', view: input.position.view };
      return;
    case 'built':
      if (after.draft !== undefined && after.draft !== before.draft) {
        const { justify } = after.draft;
        yield { ...messageStep(after.draft, 'sent'), name: 'proposal_created', justifyView: justify.view };
      }
      return;
    case 'checked': {
      const { digest, height, ok } = input;
      if (ok) yield { name: 'block_added', view: after.view, height, digest };
      else yield { name: 'proposal_rejected', view: after.view, height, digest, reason: 'block_invalid' };
      return;
    }
    default:
      return;
  }
}

/** A proposal of this view was taken: its signatures hold, and it extends the lock or is newer, or does not. */
function* proposalSteps(state: HotStuffState, proposal: Proposal): Generator<HotStuffStep> {
  const seen = messageStep(proposal, 'validated');
  const lock = state.locked === undefined ? {} : { lockedView: state.locked.view };
  if (isSafe(state, proposal)) {
    yield seen;
    yield { ...seen, ...lock, name: 'safenode_check_passed' };
    return;
  }
  yield { ...seen, ...lock, name: 'safenode_check_failed' };
  yield { ...seen, name: 'proposal_rejected', reason: 'safenode_violated' };
}

/** A certificate of this view that nobody sent was formed here, of the votes; the last ends the view at once. */
function* formedSteps(
  before: HotStuffState,
  input: Input<HotStuffMessage>,
  after: HotStuffState,
): Generator<HotStuffStep> {
  const isVote = input.kind === 'message' && input.message.kind === 'vote';
  if (!isVote && input.kind !== 'signed') return;
  const { prepare, 'pre-commit': precommit } = after.certificates;
  const commit = after.commit.view > before.commit.view ? after.commit : undefined;
  const held = Object.values(before.certificates);
  for (const certificate of [prepare, precommit, commit]) {
    if (certificate === undefined || held.includes(certificate)) continue;
    const required = after.context.set.quorum.commitWeight;
    yield { ...certificateStep(certificate), name: `${phaseWord(certificate.kind)}_qc_formed`, required };
  }
}
