import { digestBytes, toHeight, toView } from '#libs/chain/ids.ts';
import type {
  RoundsLeave as WireLeave,
  RoundsProposal as WireProposal,
  RoundsVote as WireVote,
} from '#libs/proto/btcfed/peer/v1/peer.ts';
import type { LeaveCertificate } from '#libs/protocol/leave-certificate.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import type { RoundsLeave, RoundsProposal, RoundsVote } from '#libs/protocol/rounds/message.ts';
import { isKindName } from '#libs/protocol/vote/kind-name.ts';
import { digestFromWire, memberFromWire } from '#libs/wire/block.ts';
import { certificateFrom, certificateIn, leaveFrom, leaveIn } from '#libs/wire/certificate-reference.ts';
import type { WireLimits } from '#libs/wire/limits.ts';
import type { MessageReading } from '#libs/wire/message-reading.ts';
import { demand } from '#libs/wire/refusal.ts';
import { signatureFromWire, signatureToWire } from '#libs/wire/signature.ts';
import { proposedFromWire, proposedToWire } from './proposed-block.ts';

export function proposalToWire(proposal: RoundsProposal, form: MessageForm): WireProposal {
  const { height, view, member, block, leave } = proposal;
  const parts = { ...proposedToWire(block, form), leaveCertificate: optionalIn(form, leave) };
  return { height, view, member, ...parts, ...signatureToWire(proposal) };
}

/** @throws WireRefusal */
export function proposalFromWire(wire: WireProposal, reading: MessageReading): RoundsProposal {
  const { limits } = reading;
  return {
    kind: 'proposal',
    ...signedFromWire(wire, limits),
    block: proposedFromWire(wire, reading),
    leave: optionalFrom(wire.leaveCertificate, reading),
  };
}

export function voteToWire(vote: RoundsVote): WireVote {
  const { step: kind, height, view, digest, member } = vote;
  return { kind, height, view, blockDigest: digestBytes(digest), member, ...signatureToWire(vote) };
}

/** @throws WireRefusal */
export function voteFromWire(wire: WireVote, limits: WireLimits): RoundsVote {
  demand(isKindName(wire.kind), 'kind is no name');
  const digest = digestFromWire(wire.blockDigest, 'block_digest');
  return { kind: 'vote', step: wire.kind, digest, ...signedFromWire(wire, limits) };
}

export function roundsLeaveToWire(leave: RoundsLeave, form: MessageForm): WireLeave {
  const { height, view, member, prepared, entry } = leave;
  return {
    ...{ height, view, member },
    preparedCertificate: prepared && certificateIn(form, prepared),
    entryCertificate: optionalIn(form, entry),
    ...signatureToWire(leave),
  };
}

/** @throws WireRefusal */
export function roundsLeaveFromWire(wire: WireLeave, reading: MessageReading): RoundsLeave {
  const { preparedCertificate: prepared } = wire;
  return {
    kind: 'leave',
    ...signedFromWire(wire, reading.limits),
    prepared: prepared && certificateFrom(prepared, reading),
    entry: optionalFrom(wire.entryCertificate, reading),
  };
}

/** The position, the member and the signature of a statement. @throws WireRefusal */
function signedFromWire(
  wire: Pick<WireVote, 'height' | 'view' | 'member' | 'signature' | 'key'>,
  limits: WireLimits,
) {
  return {
    height: toHeight(wire.height),
    view: toView(wire.view),
    member: memberFromWire(wire.member, limits),
    ...signatureFromWire(wire, limits),
  };
}

function optionalIn(
  form: MessageForm,
  leave: LeaveCertificate | undefined,
): WireProposal['leaveCertificate'] {
  return leave && leaveIn(form, leave);
}

function optionalFrom(
  wire: WireProposal['leaveCertificate'],
  reading: MessageReading,
): LeaveCertificate | undefined {
  return wire && leaveFrom(wire, reading);
}
