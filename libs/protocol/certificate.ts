import type { Digest, Height, MemberIndex, View } from '#libs/chain/ids.ts';
import type { Phase, Statement } from './statement.ts';
import { hasQuorum, type ValidatorSet } from './validator-set.ts';

/** One member's signature under a statement. */
export interface MemberSignature {
  readonly member: MemberIndex;
  readonly signature: Uint8Array;
}

/** A statement that one member claims to have signed; believed once its signature is verified. */
export interface Claim extends MemberSignature {
  readonly statement: Statement;
}

/** Votes of a quorum for one block in one phase of one view. The view is covered by every signature in it. */
export interface QuorumCertificate {
  readonly phase: Phase;
  readonly view: View;
  readonly height: Height;
  readonly digest: Digest;
  /** Distinct members, ascending. Empty in the certificate of an epoch's root only. */
  readonly signatures: readonly MemberSignature[];
}

/** One member's signed report inside a timeout certificate. */
export interface TimeoutShare extends MemberSignature {
  readonly highView: View;
  readonly highDigest: Digest;
}

/** Proof that a quorum gave up a view, with the highest prepare certificate that they reported. */
export interface TimeoutCertificate {
  readonly view: View;
  /** Distinct members, ascending. */
  readonly shares: readonly TimeoutShare[];
  readonly high: QuorumCertificate;
}

/**
 * The block that an epoch starts from, and the view of its header: genesis, or the last block of the epoch before.
 * It is final for everyone in the epoch, so a certificate of it needs no signature.
 */
export interface EpochRoot {
  readonly view: View;
  readonly height: Height;
  readonly digest: Digest;
}

/** The faults in the shape of a certificate. */
export type CertificateFault =
  | 'of the view of the root or below, without being it'
  | 'signers repeated or out of order'
  | 'unknown signer'
  | 'signers below quorum'
  | 'high certificate of another phase'
  | 'high certificate is not the highest reported'
  | 'high certificate was not reported';

/** The root of the first epoch. */
export function genesisRoot(digest: Digest): EpochRoot {
  return { view: 0n as View, height: 0n as Height, digest };
}

/** The certificate that every member of an epoch starts from: without signatures. */
export function rootCertificate(phase: Phase, { view, height, digest }: EpochRoot): QuorumCertificate {
  return { phase, view, height, digest, signatures: [] };
}

/** The certificate that the first epoch starts from. */
export function genesisCertificate(phase: Phase, digest: Digest): QuorumCertificate {
  return rootCertificate(phase, genesisRoot(digest));
}

/** The signatures of a certificate, each with the statement that it signs. */
export function claimsOf(certificate: QuorumCertificate): readonly Claim[] {
  const { phase, view, height, digest } = certificate;
  const statement = { kind: phase, view, height, digest };
  return certificate.signatures.map(({ member, signature }) => ({ member, signature, statement }));
}

/** The signatures of a timeout certificate, the ones of its prepare certificate included. */
export function timeoutClaimsOf({ view, shares, high }: TimeoutCertificate): readonly Claim[] {
  const own = shares.map(({ member, signature, highView, highDigest }) => ({
    member,
    signature,
    statement: { kind: 'timeout' as const, view, highView, highDigest },
  }));
  return [...own, ...claimsOf(high)];
}

/**
 * The fault in the shape of a certificate, or undefined. Costs no signature, so it is checked first. A
 * certificate without signatures must be that of the root, and so must one of the root's view or below
 * (RULES.md A.5).
 */
export function certificateFault(
  certificate: QuorumCertificate,
  set: ValidatorSet,
  root: EpochRoot,
): CertificateFault | undefined {
  const { view, height, digest, signatures } = certificate;
  if (view > root.view) return signersFault(signatures, set);
  const isRoot =
    view === root.view && digest === root.digest && height === root.height && signatures.length === 0;
  return isRoot ? undefined : 'of the view of the root or below, without being it';
}

/** The fault in the shape of a timeout certificate, or undefined. */
export function timeoutCertificateFault(
  certificate: TimeoutCertificate,
  set: ValidatorSet,
  root: EpochRoot,
): CertificateFault | undefined {
  const { view, shares, high } = certificate;
  const highest = shares.reduce((max, { highView }) => (highView > max ? highView : max), 0n as View);
  if (high.phase !== 'prepare') return 'high certificate of another phase';
  // A member may have seen a prepare certificate of the very view that it gave up.
  if (high.view !== highest || highest > view) return 'high certificate is not the highest reported';
  if (!shares.some((share) => share.highView === high.view && share.highDigest === high.digest)) {
    return 'high certificate was not reported';
  }
  return signersFault(shares, set) ?? certificateFault(high, set, root);
}

/** Distinct, ascending, known members whose weight reaches the quorum (RULES.md A.16, A.21). */
function signersFault(
  signatures: readonly MemberSignature[],
  set: ValidatorSet,
): CertificateFault | undefined {
  let last = -1;
  for (const { member } of signatures) {
    if (member <= last) return 'signers repeated or out of order';
    if (set.members[member] === undefined) return 'unknown signer';
    last = member;
  }
  return hasQuorum(
    set,
    signatures.map(({ member }) => member),
  )
    ? undefined
    : 'signers below quorum';
}
