import type { MemberIndex } from '#libs/chain/ids.ts';
import type { ConsensusStep } from '../hosting/consensus-step.ts';
import type { MessageFate, StepTeller } from '../hosting/description.ts';
import type { Input } from '../module.ts';
import type { RoundsMessage } from './message.ts';
import type { RoundsState } from './state.ts';

/** The steps of a protocol of locked rounds, for operators: each message by what it is, each certificate when it is new here. */
export const roundsSteps: StepTeller<RoundsState, RoundsMessage> = {
  message: stepOfMessage,
  refusal: (message, from, cause) => ({
    ...stepOfMessage(message, 'rejected', from),
    reason: cause.replaceAll('-', '_'),
  }),
  signing: ({ kind, view, block }) => ({ name: `${worded(kind)}_created`, view, phase: kind, ...block }),
  stepped: roundSteps,
};

function stepOfMessage(
  message: RoundsMessage,
  fate: MessageFate | 'rejected',
  member?: MemberIndex,
): ConsensusStep {
  const who = member === undefined ? {} : { member };
  switch (message.kind) {
    case 'proposal': {
      const { view, height, block } = message;
      const { digest, header } = block;
      const { parent } = header;
      return { name: `proposal_${fate}`, view, height, digest, parent, leader: message.member, ...who };
    }
    case 'vote': {
      const { step, view, height, digest } = message;
      return { name: `${worded(step)}_vote_${fate}`, view, height, digest, phase: step, ...who };
    }
    case 'leave':
    case 'request':
    case 'recovery':
      return { name: `${message.kind}_${fate}`, view: message.view, height: message.height, ...who };
    case 'certificate': {
      const { kind, view, height, digest } = message.certificate;
      return { name: `${worded(kind)}_certificate_${fate}`, view, height, digest, phase: kind, ...who };
    }
    case 'left':
      return { name: `leave_certificate_${fate}`, view: message.leave.view, ...who };
  }
}

/** The certificates and the end of a view that one step shows, whichever message brought them. */
function* roundSteps(
  before: RoundsState,
  input: Input<RoundsMessage>,
  { at, context }: RoundsState,
): Generator<ConsensusStep> {
  const required = context.set.quorum.commitWeight;
  const { view, height } = at;
  if (input.kind === 'message') yield stepOfMessage(input.message, 'validated', input.from);
  if (at.prepared !== undefined && at.prepared !== before.at.prepared) {
    const { digest, kind } = at.prepared;
    yield { name: `${worded(kind)}_certificate_adopted`, view: at.prepared.view, height, digest, required };
  }
  if (at.decided !== undefined && at.decided !== before.at.decided) {
    const { digest, kind } = at.decided;
    yield {
      name: `${worded(kind)}_certificate_adopted`,
      view: at.decided.view,
      height: at.decided.height,
      digest,
      required,
    };
  }
  if (at.left !== undefined && at.left !== before.at.left) yield { name: 'view_left', view, height };
}

function worded(kind: string): string {
  return kind.replaceAll('-', '_');
}
