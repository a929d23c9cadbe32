import type {
  QuorumCertificate as WireCertificate,
  TimeoutCertificate as WireTimeoutCertificate,
} from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { certificateName, membersIn } from '#libs/protocol/certificate-name.ts';
import type { LeaveCertificate } from '#libs/protocol/leave-certificate.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import {
  certificateFromWire,
  certificateToWire,
  type TimeoutParts,
  timeoutCertificateByParts,
} from './certificate.ts';
import { leaveByParts, leaveToWire } from './leave-certificate.ts';
import type { MessageReading } from './message-reading.ts';
import { demand, present } from './refusal.ts';
import { signatureFromWire } from './signature.ts';

export function certificateIn(form: MessageForm, certificate: QuorumCertificate): WireCertificate {
  // That of a root has no signatures, and so one form.
  if (form === 'whole' || certificate.signatures.length === 0) return certificateToWire(certificate);
  const { signers } = certificateName(certificate);
  return { ...certificateToWire({ ...certificate, signatures: [] }), signers };
}

/** A certificate in either form. @throws WireRefusal */
export function certificateFrom(
  wire: WireCertificate | undefined,
  reading: MessageReading,
): QuorumCertificate {
  const { signers, ...fact } = present(wire, 'certificate');
  const named = certificateFromWire(fact, reading.limits);
  if (signers === undefined) return named;
  demand(fact.signatures.length === 0, 'signers beside signatures');
  const members = membersIn(signers, reading.limits.membersMax);
  demand(members !== undefined && members.length > 0, 'signers are not written in their one way');
  const { kind, instance, view, height, digest } = named;
  const statement = { kind, instance, view, block: { height, digest }, reports: [] };
  const signatures = members.map((member) => ({ member, ...reading.signatureOf(statement, member) }));
  return { ...named, signatures };
}

/** A leave certificate of any protocol. */
export function leaveIn(form: MessageForm, certificate: LeaveCertificate): WireTimeoutCertificate {
  const whole = leaveToWire(certificate);
  if (form === 'whole') return whole;
  return {
    ...whole,
    shares: whole.shares.map((share) => ({ ...share, signature: new Uint8Array() })),
    highCertificate: certificate.high && certificateIn(form, certificate.high),
  };
}

/** A leave certificate in either form, each share of it in its own. @throws WireRefusal */
export function leaveFrom(
  wire: WireTimeoutCertificate | undefined,
  reading: MessageReading,
): LeaveCertificate {
  return leaveByParts(wire, reading.limits, partsFrom(reading));
}

/** The same of a protocol whose views run across heights, and of no other. @throws WireRefusal */
export function timeoutCertificateFrom(
  wire: WireTimeoutCertificate | undefined,
  reading: MessageReading,
): LeaveCertificate {
  return timeoutCertificateByParts(wire, reading.limits, partsFrom(reading));
}

function partsFrom(reading: MessageReading): TimeoutParts {
  return {
    high: (each) => certificateFrom(each, reading),
    signature: (share, { statement, member }) =>
      share.signature.length === 0 && share.key === undefined
        ? reading.signatureOf(statement, member)
        : signatureFromWire(share, reading.limits, 'certificate too large'),
  };
}
