import { unreachable } from '#libs/assert/assert.ts';
import { digestBytes, toHeight, toView } from '#libs/chain/ids.ts';
import type {
  PeerMessage,
  NewView as WireNewView,
  Proposal as WireProposal,
  Timeout as WireTimeout,
  Vote as WireVote,
} from '#libs/proto/btcfed/peer/v1/peer.ts';
import type {
  HotStuffMessage,
  NewView,
  Proposal,
  ProposedAgain,
  Timeout,
  Vote,
} from '#libs/protocol/hotstuff/message.ts';
import type { LeaveCertificate } from '#libs/protocol/leave-certificate.ts';
import { blockFromWire, blockToWire, digestFromWire, memberFromWire } from '#libs/wire/block.ts';
import {
  certificateFromWire,
  certificateToWire,
  phaseFromWire,
  phaseToWire,
  signatureFromWire,
  timeoutCertificateFromWire,
  timeoutCertificateToWire,
} from '#libs/wire/certificate.ts';
import type { WireLimits } from '#libs/wire/limits.ts';

export type WireBody = NonNullable<PeerMessage['body']>;
type WireTimeoutCertificate = WireTimeout['timeoutCertificate'];

export function hotStuffToWire(message: HotStuffMessage): WireBody {
  switch (message.kind) {
    case 'proposal':
      return { $case: 'proposal', value: proposalToWire(message) };
    case 'vote':
      return { $case: 'vote', value: voteToWire(message) };
    case 'certificate':
      return { $case: 'certificate', value: { certificate: certificateToWire(message.certificate) } };
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

function proposalToWire({ block, again, justify, timeoutCertificate, signature }: Proposal): WireProposal {
  return {
    block: blockToWire(block),
    justify: certificateToWire(justify),
    timeoutCertificate: optionalToWire(timeoutCertificate),
    signature,
    again,
  };
}

/** @throws WireRefusal */
export function proposalFromWire(wire: WireProposal, limits: WireLimits): Proposal {
  return {
    kind: 'proposal',
    signature: signatureFromWire(wire.signature, limits),
    justify: certificateFromWire(wire.justify, limits),
    timeoutCertificate: optionalFromWire(wire.timeoutCertificate, limits),
    block: blockFromWire(wire.block, limits),
    again: againFromWire(wire.again, limits),
  };
}

function againFromWire(wire: WireProposal['again'], limits: WireLimits): ProposedAgain | undefined {
  return wire && { view: toView(wire.view), member: memberFromWire(wire.member, limits) };
}

function voteToWire({ phase, view, height, digest, member, signature }: Vote): WireVote {
  return { phase: phaseToWire(phase), view, height, blockDigest: digestBytes(digest), member, signature };
}

/** @throws WireRefusal */
export function voteFromWire(wire: WireVote, limits: WireLimits): Vote {
  return {
    kind: 'vote',
    phase: phaseFromWire(wire.phase),
    view: toView(wire.view),
    height: toHeight(wire.height),
    digest: digestFromWire(wire.blockDigest, 'block_digest'),
    member: memberFromWire(wire.member, limits),
    signature: signatureFromWire(wire.signature, limits),
  };
}

function newViewToWire({ view, high, commit, timeoutCertificate }: NewView): WireNewView {
  return {
    view,
    highCertificate: certificateToWire(high),
    commitCertificate: certificateToWire(commit),
    timeoutCertificate: optionalToWire(timeoutCertificate),
  };
}

/** @throws WireRefusal */
export function newViewFromWire(wire: WireNewView, limits: WireLimits): NewView {
  return {
    kind: 'new-view',
    view: toView(wire.view),
    high: certificateFromWire(wire.highCertificate, limits),
    commit: certificateFromWire(wire.commitCertificate, limits),
    timeoutCertificate: optionalFromWire(wire.timeoutCertificate, limits),
  };
}

function timeoutToWire(timeout: Timeout): WireTimeout {
  return {
    view: timeout.view,
    member: timeout.member,
    highCertificate: certificateToWire(timeout.high),
    signature: timeout.signature,
    commitCertificate: certificateToWire(timeout.commit),
    timeoutCertificate: optionalToWire(timeout.timeoutCertificate),
  };
}

/** @throws WireRefusal */
export function timeoutFromWire(wire: WireTimeout, limits: WireLimits): Timeout {
  return {
    kind: 'timeout',
    view: toView(wire.view),
    member: memberFromWire(wire.member, limits),
    signature: signatureFromWire(wire.signature, limits),
    high: certificateFromWire(wire.highCertificate, limits),
    commit: certificateFromWire(wire.commitCertificate, limits),
    timeoutCertificate: optionalFromWire(wire.timeoutCertificate, limits),
  };
}

function optionalToWire(certificate: LeaveCertificate | undefined): WireTimeoutCertificate {
  return certificate === undefined ? undefined : timeoutCertificateToWire(certificate);
}

function optionalFromWire(wire: WireTimeoutCertificate, limits: WireLimits): LeaveCertificate | undefined {
  return wire === undefined ? undefined : timeoutCertificateFromWire(wire, limits);
}
