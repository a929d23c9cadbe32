import { unreachable } from '#libs/assert/assert.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { type HotStuffMessage, proposalMember, proposalView } from '#libs/protocol/hotstuff/message.ts';
import { type ConsensusStep, phaseWord } from './consensus-step.ts';

/** The events in the life of a message. */
export type MessageFate = 'received' | 'validated' | 'rejected' | 'sent' | 'broadcasted';

/** The step that a message makes; `member` is its sender, or the receiver of one that is sent. */
export function messageStep(
  message: HotStuffMessage,
  fate: MessageFate,
  member?: MemberIndex,
): ConsensusStep {
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
