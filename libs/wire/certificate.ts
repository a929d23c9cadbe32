import { digestBytes, toHeight, toView } from '#libs/chain/ids.ts';
import {
  type QuorumCertificate as WireCertificate,
  type MemberSignature as WireMemberSignature,
  Phase as WirePhase,
  type TimeoutCertificate as WireTimeoutCertificate,
  type TimeoutShare as WireTimeoutShare,
} from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import type {
  MemberSignature,
  QuorumCertificate,
  TimeoutCertificate,
  TimeoutShare,
} from '#libs/protocol/certificate.ts';
import type { Fault } from '#libs/protocol/module.ts';
import type { Phase } from '#libs/protocol/statement.ts';
import { digestFromWire, memberFromWire } from './block.ts';
import type { WireLimits } from './limits.ts';
import { demand, present } from './refusal.ts';

const PHASE_TO_WIRE = {
  prepare: WirePhase.PREPARE,
  'pre-commit': WirePhase.PRE_COMMIT,
  commit: WirePhase.COMMIT,
} as const satisfies Record<Phase, WirePhase>;

const PHASE_FROM_WIRE: ReadonlyMap<number, Phase> = new Map([
  [WirePhase.PREPARE, 'prepare'],
  [WirePhase.PRE_COMMIT, 'pre-commit'],
  [WirePhase.COMMIT, 'commit'],
]);

export function phaseToWire(phase: Phase): WirePhase {
  return PHASE_TO_WIRE[phase];
}

/** @throws WireRefusal for a number without a phase: Protobuf lets every number through. */
export function phaseFromWire(phase: number): Phase {
  return present(PHASE_FROM_WIRE.get(phase), 'known phase');
}

/** @throws WireRefusal unless the signature has a possible size. */
export function signatureFromWire(signature: Uint8Array, limits: WireLimits, fault?: Fault): Uint8Array {
  demand(signature.length > 0, 'signature is empty');
  demand(signature.length <= limits.signatureBytesMax, 'signature too large', fault);
  return signature;
}

export function certificateToWire(certificate: QuorumCertificate): WireCertificate {
  return {
    phase: phaseToWire(certificate.phase),
    view: certificate.view,
    height: certificate.height,
    blockDigest: digestBytes(certificate.digest),
    signatures: certificate.signatures,
  };
}

/**
 * A certificate of the right shape; that its signers are a quorum is for `certificateFault`, that they signed
 * for a verifier. Signatures stay views of the received bytes.
 * @throws WireRefusal
 */
export function certificateFromWire(
  wire: WireCertificate | undefined,
  limits: WireLimits,
): QuorumCertificate {
  const certificate = present(wire, 'certificate');
  demand(certificate.signatures.length <= limits.membersMax, 'too many signatures', 'certificate too large');
  return {
    phase: phaseFromWire(certificate.phase),
    view: toView(certificate.view),
    height: toHeight(certificate.height),
    digest: digestFromWire(certificate.blockDigest, 'block_digest'),
    signatures: certificate.signatures.map((each) => memberSignatureFromWire(each, limits)),
  };
}

function memberSignatureFromWire(wire: WireMemberSignature, limits: WireLimits): MemberSignature {
  return {
    member: memberFromWire(wire.member, limits),
    signature: signatureFromWire(wire.signature, limits, 'certificate too large'),
  };
}

export function timeoutCertificateToWire(certificate: TimeoutCertificate): WireTimeoutCertificate {
  return {
    view: certificate.view,
    shares: certificate.shares.map(shareToWire),
    highCertificate: certificateToWire(certificate.high),
  };
}

/** @throws WireRefusal */
export function timeoutCertificateFromWire(
  wire: WireTimeoutCertificate | undefined,
  limits: WireLimits,
): TimeoutCertificate {
  const certificate = present(wire, 'timeout_certificate');
  demand(certificate.shares.length <= limits.membersMax, 'too many shares', 'certificate too large');
  return {
    view: toView(certificate.view),
    shares: certificate.shares.map((each) => shareFromWire(each, limits)),
    high: certificateFromWire(certificate.highCertificate, limits),
  };
}

function shareToWire(share: TimeoutShare): WireTimeoutShare {
  return {
    member: share.member,
    highView: share.highView,
    highBlockDigest: digestBytes(share.highDigest),
    signature: share.signature,
  };
}

function shareFromWire(wire: WireTimeoutShare, limits: WireLimits): TimeoutShare {
  return {
    member: memberFromWire(wire.member, limits),
    highView: toView(wire.highView),
    highDigest: digestFromWire(wire.highBlockDigest, 'high_block_digest'),
    signature: signatureFromWire(wire.signature, limits, 'certificate too large'),
  };
}
