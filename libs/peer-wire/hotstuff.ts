import { unreachable } from '#libs/assert/assert.ts';
import { digestBytes, toHeight, toView } from '#libs/chain/ids.ts';
import type { Proposal as WireProposal, Vote as WireVote } from '#libs/proto/btcfed/peer/v1/peer.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { HotStuffMessage, Proposal, ProposedAgain, Vote } from '#libs/protocol/hotstuff/message.ts';
import { viewPosition } from '#libs/protocol/hotstuff/statements.ts';
import { blockFromWire, blockToWire, digestFromWire, memberFromWire } from '#libs/wire/block.ts';
import {
  certificateFromWire,
  certificateToWire,
  timeoutCertificateFromWire,
  timeoutCertificateToWire,
} from '#libs/wire/certificate.ts';
import { phaseFromWire, phaseToWire } from '#libs/wire/certified-kind.ts';
import type { WireLimits } from '#libs/wire/limits.ts';
import { signatureFromWire, signatureToWire } from '#libs/wire/signature.ts';
import {
  newViewFromWire,
  newViewToWire,
  optionalFromWire,
  optionalToWire,
  timeoutFromWire,
  timeoutToWire,
} from './hotstuff-reports.ts';
import type { MessageWire, WireBody } from './protocol-wire.ts';

/** HotStuff's messages as fields 10 to 15 of a peer message. */
export const HOTSTUFF_WIRE: MessageWire<HotStuffMessage> = {
  toWire: hotStuffToWire,
  fromWire: hotStuffFromWire,
  proposalField: 10,
  reportFields: [13, 14],
  reportedAt: viewPosition,
  decisionToWire: certificateNotice,
};

function certificateNotice(certificate: QuorumCertificate): WireBody {
  return { $case: 'certificate', value: { certificate: certificateToWire(certificate) } };
}

function hotStuffToWire(message: HotStuffMessage): WireBody {
  switch (message.kind) {
    case 'proposal':
      return { $case: 'proposal', value: proposalToWire(message) };
    case 'vote':
      return { $case: 'vote', value: voteToWire(message) };
    case 'certificate':
      return certificateNotice(message.certificate);
    case 'new-view':
      return { $case: 'newView', value: newViewToWire(message) };
    case 'timeout':
      return { $case: 'timeout', value: timeoutToWire(message) };
    case 'timeout-certificate': {
      const timeoutCertificate = timeoutCertificateToWire(message.timeoutCertificate);
      return { $case: 'timeoutCertificate', value: { timeoutCertificate } };
    }
    default:
      return unreachable(message);
  }
}

/** @throws WireRefusal */
function hotStuffFromWire(body: WireBody, limits: WireLimits): HotStuffMessage | undefined {
  switch (body.$case) {
    case 'proposal':
      return proposalFromWire(body.value, limits);
    case 'vote':
      return voteFromWire(body.value, limits);
    case 'certificate':
      return { kind: 'certificate', certificate: certificateFromWire(body.value.certificate, limits) };
    case 'newView':
      return newViewFromWire(body.value, limits);
    case 'timeout':
      return timeoutFromWire(body.value, limits);
    case 'timeoutCertificate': {
      const timeoutCertificate = timeoutCertificateFromWire(body.value.timeoutCertificate, limits);
      return { kind: 'timeout-certificate', timeoutCertificate };
    }
    default:
      return undefined;
  }
}

function proposalToWire(proposal: Proposal): WireProposal {
  const { block, again, justify, timeoutCertificate } = proposal;
  return {
    block: blockToWire(block),
    justify: certificateToWire(justify),
    timeoutCertificate: optionalToWire(timeoutCertificate),
    ...signatureToWire(proposal),
    again,
  };
}

/** @throws WireRefusal */
function proposalFromWire(wire: WireProposal, limits: WireLimits): Proposal {
  return {
    kind: 'proposal',
    ...signatureFromWire(wire, limits),
    justify: certificateFromWire(wire.justify, limits),
    timeoutCertificate: optionalFromWire(wire.timeoutCertificate, limits),
    block: blockFromWire(wire.block, limits),
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
