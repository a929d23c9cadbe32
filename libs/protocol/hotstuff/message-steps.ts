import { assert, unreachable } from '#libs/assert/assert.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import type { ConsensusStep } from '../hosting/consensus-step.ts';
import type { MessageFate } from '../hosting/description.ts';
import { type HotStuffMessage, proposalMember, proposalView } from './message.ts';
import { isPhase } from './statements.ts';

/** The phases as they stand in the names of steps. */
type PhaseWord = 'prepare' | 'precommit' | 'commit';

/**
 * The names of the steps of a view, in the words of the event registry (test/requirements/texts.md 5.4); names that
 * it lacks follow its pattern. `sent` to one member, `broadcasted` to all; `received` before signatures are verified,
 * `validated` after.
 */
type HotStuffStepName =
  | `proposal_${'created' | 'broadcasted' | 'received' | 'validated' | 'rejected'}`
  | `${PhaseWord}_vote_${'created' | 'sent' | 'received' | 'validated' | 'rejected'}`
  | `${PhaseWord}_qc_${'formed' | 'broadcasted' | 'sent' | 'received' | 'validated' | 'rejected'}`
  | 'block_added'
  | 'locked_qc_updated'
  | 'highest_qc_updated'
  | `safenode_check_${'passed' | 'failed'}`
  | 'view_timeout_detected'
  | `timeout_message_${'sent' | 'received' | 'validated' | 'rejected'}`
  | `timeout_certificate_${'sent' | 'received' | 'validated' | 'rejected'}`
  | `new_view_message_${'sent' | 'received' | 'validated' | 'rejected'}`;

export interface HotStuffStep extends ConsensusStep {
  readonly name: HotStuffStepName;
}

const PHASE_WORDS = { prepare: 'prepare', 'pre-commit': 'precommit', commit: 'commit' } as const;

export function phaseWord(kind: string): PhaseWord {
  assert(isPhase(kind), `${kind} is no phase`);
  return PHASE_WORDS[kind];
}

/** The step that a message makes; `member` is its sender, or the receiver of one that is sent. */
export function messageStep(
  message: HotStuffMessage,
  fate: MessageFate | 'rejected',
  member?: MemberIndex,
): HotStuffStep {
  const who = member === undefined ? {} : { member };
  // Only proposals and certificates are broadcast by that name; all others are "sent", to any number of receivers.
  const narrow = fate === 'broadcasted' ? 'sent' : fate;
  switch (message.kind) {
    case 'proposal': {
      const { header, digest } = message.block;
      return {
        name: `proposal_${fate === 'sent' ? 'broadcasted' : fate}`,
        view: proposalView(message),
        height: header.height,
        digest,
        parent: header.parent,
        leader: proposalMember(message),
        justifyView: message.justify.view,
        ...who,
      };
    }
    case 'vote': {
      const { phase, view, height, digest } = message;
      return { name: `${phaseWord(phase)}_vote_${narrow}`, view, height, digest, phase, ...who };
    }
    case 'certificate':
      return {
        ...certificateStep(message.certificate),
        name: `${phaseWord(message.certificate.kind)}_qc_${fate}`,
        ...who,
      };
    case 'new-view':
      return {
        name: `new_view_message_${narrow}`,
        view: message.view,
        justifyView: message.high.view,
        ...who,
      };
    case 'timeout':
      return {
        name: `timeout_message_${narrow}`,
        view: message.view,
        justifyView: message.high.view,
        ...who,
      };
    case 'timeout-certificate': {
      const { view, shares } = message.timeoutCertificate;
      return { name: `timeout_certificate_${narrow}`, view, voteCount: shares.length, ...who };
    }
    default:
      return unreachable(message);
  }
}

/** The facts that a step states about a certificate. */
export function certificateStep({
  kind,
  view,
  height,
  digest,
  signatures,
}: QuorumCertificate): Omit<ConsensusStep, 'name'> {
  return { view, height, digest, phase: kind, voteCount: signatures.length };
}
