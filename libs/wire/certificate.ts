import { assert } from '#libs/assert/assert.ts';
import { digestBytes, type MemberIndex, toHeight, toView, type View } from '#libs/chain/ids.ts';
import type {
  QuorumCertificate as WireCertificate,
  MemberSignature as WireMemberSignature,
  TimeoutCertificate as WireTimeoutCertificate,
  TimeoutShare as WireTimeoutShare,
} from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { LeaveCertificate, LeaveShare } from '#libs/protocol/leave-certificate.ts';
import type { KeySignature, Signed } from '#libs/protocol/signed.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { digestFromWire, memberFromWire } from './block.ts';
import { kindFromWire, kindToWire } from './certified-kind.ts';
import type { WireLimits } from './limits.ts';
import { demand, present } from './refusal.ts';
import { signatureFromWire, signatureToWire } from './signature.ts';

/** The leave certificates of this message are of a protocol whose views run across heights. */
const LEAVE = { kind: 'timeout', instance: 0n } as const;

export function certificateToWire(certificate: QuorumCertificate): WireCertificate {
  return {
    ...kindToWire(certificate),
    view: certificate.view,
    height: certificate.height,
    blockDigest: digestBytes(certificate.digest),
    signatures: certificate.signatures.map((each) => ({ member: each.member, ...signatureToWire(each) })),
  };
}

/**
 * A certificate of the right shape; that its signers are a quorum is for `certificateFault`, that they signed
 * for a verifier.
 * @throws WireRefusal
 */
export function certificateFromWire(
  wire: WireCertificate | undefined,
  limits: WireLimits,
): QuorumCertificate {
  const certificate = present(wire, 'certificate');
  demand(certificate.signers === undefined, 'certificate by reference where a whole one must stand');
  demand(certificate.signatures.length <= limits.membersMax, 'too many signatures', 'certificate too large');
  return {
    ...kindFromWire(certificate),
    view: toView(certificate.view),
    height: toHeight(certificate.height),
    digest: digestFromWire(certificate.blockDigest, 'block_digest'),
    signatures: certificate.signatures.map((each) => memberSignatureFromWire(each, limits)),
  };
}

function memberSignatureFromWire(wire: WireMemberSignature, limits: WireLimits): Signed {
  return {
    member: memberFromWire(wire.member, limits),
    ...signatureFromWire(wire, limits, 'certificate too large'),
  };
}

export function timeoutCertificateToWire(certificate: LeaveCertificate): WireTimeoutCertificate {
  const { kind, instance, view, shares, high } = certificate;
  assert(kind === LEAVE.kind && instance === LEAVE.instance, `this message is of no ${kind}`);
  assert(high !== undefined, 'every timeout reports a certificate');
  const highCertificate = certificateToWire(high);
  return { kind: '', instance: 0n, view, shares: shares.map(shareToWire), highCertificate };
}

/** @throws WireRefusal */
export function timeoutCertificateFromWire(
  wire: WireTimeoutCertificate | undefined,
  limits: WireLimits,
): LeaveCertificate {
  return timeoutCertificateByParts(wire, limits, {
    high: (each) => certificateFromWire(each, limits),
    signature: (share) => signatureFromWire(share, limits, 'certificate too large'),
  });
}

/** How the parts of a timeout certificate are read, which may stand whole or by reference. */
export interface TimeoutParts {
  high(wire: WireCertificate | undefined): QuorumCertificate;
  signature(share: WireTimeoutShare, signer: { statement: VoteStatement; member: MemberIndex }): KeySignature;
}

/** @throws WireRefusal */
export function timeoutCertificateByParts(
  wire: WireTimeoutCertificate | undefined,
  limits: WireLimits,
  parts: TimeoutParts,
): LeaveCertificate {
  const certificate = present(wire, 'timeout_certificate');
  demand(certificate.kind === '' && certificate.instance === LEAVE.instance, 'timeouts of another kind');
  demand(certificate.shares.length <= limits.membersMax, 'too many shares', 'certificate too large');
  const view = toView(certificate.view);
  return {
    ...LEAVE,
    view,
    shares: certificate.shares.map((each) => shareOf(each, view, { limits, parts })),
    high: parts.high(certificate.highCertificate),
  };
}

function shareToWire(share: LeaveShare): WireTimeoutShare {
  const { member, reports } = share;
  const [report] = reports;
  assert(report !== undefined && reports.length === 1, 'a timeout reports one certificate');
  return {
    member,
    highView: report.view,
    highBlockDigest: digestBytes(report.digest),
    ...signatureToWire(share),
  };
}

function shareOf(
  share: WireTimeoutShare,
  view: View,
  { limits, parts }: { readonly limits: WireLimits; readonly parts: TimeoutParts },
): LeaveShare {
  const member = memberFromWire(share.member, limits);
  const digest = digestFromWire(share.highBlockDigest, 'high_block_digest');
  const reports = [{ instance: LEAVE.instance, view: toView(share.highView), digest }];
  const statement = { ...LEAVE, view, block: undefined, reports };
  return { member, ...parts.signature(share, { statement, member }), reports };
}
