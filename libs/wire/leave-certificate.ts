import { digestBytes, toView } from '#libs/chain/ids.ts';
import type {
  TimeoutCertificate as WireLeaveCertificate,
  TimeoutShare as WireLeaveShare,
} from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import type { LeaveCertificate, LeaveShare } from '#libs/protocol/leave-certificate.ts';
import { isKindName } from '#libs/protocol/vote/kind-name.ts';
import { digestFromWire, memberFromWire } from './block.ts';
import {
  certificateFromWire,
  certificateToWire,
  type TimeoutParts,
  timeoutCertificateByParts,
  timeoutCertificateToWire,
} from './certificate.ts';
import type { WireLimits } from './limits.ts';
import { demand, present } from './refusal.ts';
import { signatureFromWire, signatureToWire } from './signature.ts';

/** The one kind of leave certificate that the message has without a name: of views that run across heights. */
const UNNAMED = { kind: 'timeout', instance: 0n } as const;

const NO_REPORT = { highView: 0n, highBlockDigest: new Uint8Array() };

/** A leave certificate of any protocol. Each has one form: a signature that needs no name has none. */
export function leaveToWire(certificate: LeaveCertificate): WireLeaveCertificate {
  if (isUnnamed(certificate)) return timeoutCertificateToWire(certificate);
  const { kind, instance, view, shares, high } = certificate;
  return {
    ...{ kind, instance, view },
    shares: shares.map(shareToWire),
    highCertificate: high && certificateToWire(high),
  };
}

/** @throws WireRefusal */
export function leaveFromWire(wire: WireLeaveCertificate | undefined, limits: WireLimits): LeaveCertificate {
  return leaveByParts(wire, limits, {
    high: (each) => certificateFromWire(each, limits),
    signature: (share) => signatureFromWire(share, limits, 'certificate too large'),
  });
}

/** A leave certificate whose parts may stand whole or by reference. @throws WireRefusal */
export function leaveByParts(
  wire: WireLeaveCertificate | undefined,
  limits: WireLimits,
  parts: TimeoutParts,
): LeaveCertificate {
  const certificate = present(wire, 'leave_certificate');
  const { kind, instance, shares, highCertificate: high } = certificate;
  if (kind === '') return timeoutCertificateByParts(certificate, limits, parts);
  demand(isKindName(kind), 'kind is no name');
  demand(!isUnnamed({ kind, instance }), 'kind needs no name');
  demand(shares.length <= limits.membersMax, 'too many shares', 'certificate too large');
  const view = toView(certificate.view);
  return {
    ...{ kind, instance, view },
    shares: shares.map((share) => shareFromWire(share, { kind, instance, view }, { limits, parts })),
    high: high === undefined ? undefined : parts.high(high),
  };
}

function isUnnamed({ kind, instance }: Pick<LeaveCertificate, 'kind' | 'instance'>): boolean {
  return kind === UNNAMED.kind && instance === UNNAMED.instance;
}

function shareToWire(share: LeaveShare): WireLeaveShare {
  const [report] = share.reports;
  const reported =
    report === undefined ? NO_REPORT : { highView: report.view, highBlockDigest: digestBytes(report.digest) };
  return { member: share.member, ...reported, ...signatureToWire(share) };
}

/** A member reports a certificate of its own height, or none: the instance of another height is not said. */
function shareFromWire(
  wire: WireLeaveShare,
  left: Pick<LeaveCertificate, 'kind' | 'instance' | 'view'>,
  { limits, parts }: { readonly limits: WireLimits; readonly parts: TimeoutParts },
): LeaveShare {
  const member = memberFromWire(wire.member, limits);
  const reports = reportsFromWire(wire, left.instance);
  const statement = { ...left, block: undefined, reports };
  return { member, ...parts.signature(wire, { statement, member }), reports };
}

function reportsFromWire(
  { highView, highBlockDigest }: WireLeaveShare,
  instance: bigint,
): LeaveShare['reports'] {
  if (highBlockDigest.length === 0) {
    demand(highView === NO_REPORT.highView, 'high_view without block');
    return [];
  }
  const digest = digestFromWire(highBlockDigest, 'high_block_digest');
  return [{ instance, view: toView(highView), digest }];
}
