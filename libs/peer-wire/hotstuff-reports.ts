import { toView } from '#libs/chain/ids.ts';
import type { NewView as WireNewView, Timeout as WireTimeout } from '#libs/proto/btcfed/peer/v1/peer.ts';
import type { NewView, Timeout } from '#libs/protocol/hotstuff/message.ts';
import type { LeaveCertificate } from '#libs/protocol/leave-certificate.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import { memberFromWire } from '#libs/wire/block.ts';
import {
  certificateFrom,
  certificateIn,
  leaveIn,
  timeoutCertificateFrom,
} from '#libs/wire/certificate-reference.ts';
import type { MessageReading } from '#libs/wire/message-reading.ts';
import { signatureFromWire, signatureToWire } from '#libs/wire/signature.ts';

type WireTimeoutCertificate = WireTimeout['timeoutCertificate'];

export function newViewToWire(
  { view, high, commit, timeoutCertificate }: NewView,
  form: MessageForm,
): WireNewView {
  return {
    view,
    highCertificate: certificateIn(form, high),
    commitCertificate: certificateIn(form, commit),
    timeoutCertificate: optionalToWire(timeoutCertificate, form),
  };
}

/** @throws WireRefusal */
export function newViewFromWire(wire: WireNewView, reading: MessageReading): NewView {
  return {
    kind: 'new-view',
    view: toView(wire.view),
    high: certificateFrom(wire.highCertificate, reading),
    commit: certificateFrom(wire.commitCertificate, reading),
    timeoutCertificate: optionalFromWire(wire.timeoutCertificate, reading),
  };
}

export function timeoutToWire(timeout: Timeout, form: MessageForm): WireTimeout {
  return {
    view: timeout.view,
    member: timeout.member,
    highCertificate: certificateIn(form, timeout.high),
    ...signatureToWire(timeout),
    commitCertificate: certificateIn(form, timeout.commit),
    timeoutCertificate: optionalToWire(timeout.timeoutCertificate, form),
  };
}

/** @throws WireRefusal */
export function timeoutFromWire(wire: WireTimeout, reading: MessageReading): Timeout {
  return {
    kind: 'timeout',
    view: toView(wire.view),
    member: memberFromWire(wire.member, reading.limits),
    ...signatureFromWire(wire, reading.limits),
    high: certificateFrom(wire.highCertificate, reading),
    commit: certificateFrom(wire.commitCertificate, reading),
    timeoutCertificate: optionalFromWire(wire.timeoutCertificate, reading),
  };
}

export function optionalToWire(
  certificate: LeaveCertificate | undefined,
  form: MessageForm,
): WireTimeoutCertificate {
  return certificate === undefined ? undefined : leaveIn(form, certificate);
}

export function optionalFromWire(
  wire: WireTimeoutCertificate,
  reading: MessageReading,
): LeaveCertificate | undefined {
  return wire === undefined ? undefined : timeoutCertificateFrom(wire, reading);
}
