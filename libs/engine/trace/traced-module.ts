import type { MemberIndex } from '#libs/chain/ids.ts';
import { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import type { HotStuffMessage, Proposal } from '#libs/protocol/hotstuff/message.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import type { HotStuffState } from '#libs/protocol/hotstuff/state.ts';
import { isSafe } from '#libs/protocol/hotstuff/voting.ts';
import type { Admission, Input, ProtocolModule, RefusalCause } from '#libs/protocol/module.ts';
import { type ConsensusStep, phaseWord, type StepTrace } from './consensus-step.ts';
import { certificateStep, messageStep } from './message-step.ts';

type HotStuff = ProtocolModule<HotStuffState, HotStuffMessage, SafetyRecord>;

/** Reasons of the event registry, where they differ from ours. */
const REASONS: Readonly<Partial<Record<RefusalCause, string>>> = {
  stale: 'view_invalid',
  'far-future': 'view_invalid',
  unsafe: 'safenode_violated',
  duplicate: 'duplicate_vote_prevented',
};

/**
 * HotStuff that reports each input and its results to `trace`. The protocol itself knows nothing of the trace, and
 * answers the same.
 */
export function tracedHotStuff(trace: StepTrace): HotStuff {
  // A message is judged again once its signatures are verified: it is received once.
  const seen = new WeakSet<HotStuffMessage>();
  return {
    ...hotStuff,
    admit(state, from, message) {
      const admission = hotStuff.admit(state, from, message);
      if (trace.isWanted() && !seen.has(message)) {
        seen.add(message);
        tellAdmission(trace, { from, message, admission });
      }
      return admission;
    },
    step(before, input) {
      const transition = hotStuff.step(before, input);
      if (trace.isWanted()) {
        for (const step of stepsOf(before, input, transition.state)) trace.step(step);
      }
      return transition;
    },
  };
}

interface Admitted {
  readonly from: MemberIndex;
  readonly message: HotStuffMessage;
  readonly admission: Admission;
}

function tellAdmission(trace: StepTrace, { from, message, admission }: Admitted): void {
  trace.step(messageStep(message, 'received', from));
  if (admission.ok) return;
  const reason = REASONS[admission.cause] ?? admission.cause.replaceAll('-', '_');
  trace.step({ ...messageStep(message, 'rejected', from), reason });
}

/** The reported steps of one step of the protocol, derived from its input and from the changes of the state. */
function* stepsOf(
  before: HotStuffState,
  input: Input<HotStuffMessage>,
  after: HotStuffState,
): Generator<ConsensusStep> {
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
): Generator<ConsensusStep> {
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
function* proposalSteps(state: HotStuffState, proposal: Proposal): Generator<ConsensusStep> {
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
): Generator<ConsensusStep> {
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
