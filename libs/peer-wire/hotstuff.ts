import { unreachable } from '#libs/assert/assert.ts';
import { digestBytes, toHeight, toView } from '#libs/chain/ids.ts';
import type { Proposal as WireProposal, Vote as WireVote } from '#libs/proto/btcfed/peer/v1/peer.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { HotStuffMessage, Proposal, ProposedAgain, Vote } from '#libs/protocol/hotstuff/message.ts';
import { viewPosition } from '#libs/protocol/hotstuff/statements.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import { digestFromWire, memberFromWire } from '#libs/wire/block.ts';
import {
  certificateFrom,
  certificateIn,
  leaveIn,
  timeoutCertificateFrom,
} from '#libs/wire/certificate-reference.ts';
import { phaseFromWire, phaseToWire } from '#libs/wire/certified-kind.ts';
import type { WireLimits } from '#libs/wire/limits.ts';
import type { MessageReading } from '#libs/wire/message-reading.ts';
import { signatureFromWire, signatureToWire } from '#libs/wire/signature.ts';
import {
  newViewFromWire,
  newViewToWire,
  optionalFromWire,
  optionalToWire,
  timeoutFromWire,
  timeoutToWire,
} from './hotstuff-reports.ts';
import { proposedFromWire, proposedToWire } from './proposed-block.ts';
import type { MessageWire, WireBody } from './protocol-wire.ts';

/** HotStuff's messages as fields 10 to 15 of a peer message. */
export const HOTSTUFF_WIRE: MessageWire<HotStuffMessage> = {
  toWire: hotStuffToWire,
  fromWire: hotStuffFromWire,
  proposalField: 10,
  reports: { numbers: [13, 14], at: viewPosition },
  decisionToWire: (certificate) => certificateNotice(certificate, 'whole'),
};

function certificateNotice(certificate: QuorumCertificate, form: MessageForm): WireBody {
  return { $case: 'certificate', value: { certificate: certificateIn(form, certificate) } };
}

function hotStuffToWire(message: HotStuffMessage, form: MessageForm): WireBody {
  switch (message.kind) {
    case 'proposal':
      return { $case: 'proposal', value: proposalToWire(message, form) };
    case 'vote':
      return { $case: 'vote', value: voteToWire(message) };
    case 'certificate':
      return certificateNotice(message.certificate, form);
    case 'new-view':
      return { $case: 'newView', value: newViewToWire(message, form) };
    case 'timeout':
      return { $case: 'timeout', value: timeoutToWire(message, form) };
    case 'timeout-certificate': {
      const timeoutCertificate = leaveIn(form, message.timeoutCertificate);
      return { $case: 'timeoutCertificate', value: { timeoutCertificate } };
    }
    default:
      return unreachable(message);
  }
}

/** @throws WireRefusal */
function hotStuffFromWire(body: WireBody, reading: MessageReading): HotStuffMessage | undefined {
  switch (body.$case) {
    case 'proposal':
      return proposalFromWire(body.value, reading);
    case 'vote':
      return voteFromWire(body.value, reading.limits);
    case 'certificate':
      return { kind: 'certificate', certificate: certificateFrom(body.value.certificate, reading) };
    case 'newView':
      return newViewFromWire(body.value, reading);
    case 'timeout':
      return timeoutFromWire(body.value, reading);
    case 'timeoutCertificate': {
      const timeoutCertificate = timeoutCertificateFrom(body.value.timeoutCertificate, reading);
      return { kind: 'timeout-certificate', timeoutCertificate };
    }
    default:
      return undefined;
  }
}

function proposalToWire(proposal: Proposal, form: MessageForm): WireProposal {
  const { block, again, justify, timeoutCertificate } = proposal;
  return {
    ...proposedToWire(block, form),
    justify: certificateIn(form, justify),
    timeoutCertificate: optionalToWire(timeoutCertificate, form),
    ...signatureToWire(proposal),
    again,
  };
}

/** @throws WireRefusal */
function proposalFromWire(wire: WireProposal, reading: MessageReading): Proposal {
  const { limits } = reading;
  return {
    kind: 'proposal',
    ...signatureFromWire(wire, limits),
    justify: certificateFrom(wire.justify, reading),
    timeoutCertificate: optionalFromWire(wire.timeoutCertificate, reading),
    block: proposedFromWire(wire, reading),
    again: againFromWire(wire.again, limits),
  };
}

function againFromWire(wire: WireProposal['again'], limits: WireLimits): ProposedAgain | undefined {
  return wire && { view: toView(wire.view), member: memberFromWire(wire.member, limits) };
}

function voteToWire(vote: Vote): WireVote {
  const { phase, view, height, digest, member } = vote;
  const about = { phase: phaseToWire(phase), view, height, blockDigest: digestBytes(digest) };
  return { ...about, member, ...signatureToWire(vote) };
}

/** @throws WireRefusal */
function voteFromWire(wire: WireVote, limits: WireLimits): Vote {
  return {
    kind: 'vote',
    phase: phaseFromWire(wire.phase),
    view: toView(wire.view),
    height: toHeight(wire.height),
    digest: digestFromWire(wire.blockDigest, 'block_digest'),
    member: memberFromWire(wire.member, limits),
    ...signatureFromWire(wire, limits),
  };
}
