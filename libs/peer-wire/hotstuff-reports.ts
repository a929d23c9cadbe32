import { toView } from '#libs/chain/ids.ts';
import type { NewView as WireNewView, Timeout as WireTimeout } from '#libs/proto/btcfed/peer/v1/peer.ts';
import type { NewView, Timeout } from '#libs/protocol/hotstuff/message.ts';
import type { LeaveCertificate } from '#libs/protocol/leave-certificate.ts';
import { memberFromWire } from '#libs/wire/block.ts';
import {
  certificateFromWire,
  certificateToWire,
  timeoutCertificateFromWire,
  timeoutCertificateToWire,
} from '#libs/wire/certificate.ts';
import type { WireLimits } from '#libs/wire/limits.ts';
import { signatureFromWire, signatureToWire } from '#libs/wire/signature.ts';

type WireTimeoutCertificate = WireTimeout['timeoutCertificate'];

export function newViewToWire({ view, high, commit, timeoutCertificate }: NewView): WireNewView {
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

export function timeoutToWire(timeout: Timeout): WireTimeout {
  return {
    view: timeout.view,
    member: timeout.member,
    highCertificate: certificateToWire(timeout.high),
    ...signatureToWire(timeout),
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
    ...signatureFromWire(wire, limits),
    high: certificateFromWire(wire.highCertificate, limits),
    commit: certificateFromWire(wire.commitCertificate, limits),
    timeoutCertificate: optionalFromWire(wire.timeoutCertificate, limits),
  };
}

export function optionalToWire(certificate: LeaveCertificate | undefined): WireTimeoutCertificate {
  return certificate === undefined ? undefined : timeoutCertificateToWire(certificate);
}

export function optionalFromWire(
  wire: WireTimeoutCertificate,
  limits: WireLimits,
): LeaveCertificate | undefined {
  return wire === undefined ? undefined : timeoutCertificateFromWire(wire, limits);
}
