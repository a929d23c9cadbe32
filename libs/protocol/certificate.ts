import { type Digest, type Height, toHeight, toView, type View } from '#libs/chain/ids.ts';
import { type Signed, type SigningKeyFault, signedOf, signingKeyFault } from './signed.ts';
import { hasQuorum, type ValidatorSet } from './validator-set.ts';
import type { VoteStatement } from './vote/statement.ts';
import { type KindRow, kindRowOf, type VoteTable } from './vote/vote-table.ts';

/** A statement that one member claims to have signed; believed once its signature is verified. */
export interface Claim extends Signed {
  readonly statement: VoteStatement;
}

/** Votes of a quorum for one block, of one kind in one view. The view is covered by every signature in it. */
export interface QuorumCertificate {
  /** A kind of the protocol's table. */
  readonly kind: string;
  readonly instance: bigint;
  readonly view: View;
  readonly height: Height;
  readonly digest: Digest;
  /** Distinct members, ascending. Empty in the certificate of an epoch's root only. */
  readonly signatures: readonly Signed[];
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
  | 'at the position of the root or below, without being it'
  | 'certificate of another instance than that of its block'
  | 'certificate of a view before the first'
  | 'certificate of an unknown kind'
  | 'signers repeated or out of order'
  | 'unknown signer'
  | SigningKeyFault
  | 'signers below quorum'
  | 'high certificate of another phase'
  | 'high certificate is not the highest reported'
  | 'high certificate was not reported'
  | 'share without the one report of its instance'
  | 'certificate of a kind that gives no view up'
  | 'leave certificate of an instance that is over';

/** The root of the first epoch. */
export function genesisRoot(digest: Digest): EpochRoot {
  return { view: toView(0n), height: toHeight(0n), digest };
}

/** The certificate that every member of an epoch starts from: without signatures. */
export function rootCertificate(table: VoteTable, kind: string, root: EpochRoot): QuorumCertificate {
  const { view, height, digest } = root;
  const instance = instanceOf(table, height);
  return { kind, instance, view, height, digest, signatures: [] };
}

/** The certificate that the first epoch starts from. */
export function genesisCertificate(table: VoteTable, kind: string, digest: Digest): QuorumCertificate {
  return rootCertificate(table, kind, genesisRoot(digest));
}

/** The signatures of a certificate, each with the statement that it signs. */
export function claimsOf(certificate: QuorumCertificate): readonly Claim[] {
  const { kind, instance, view, height, digest } = certificate;
  const statement = { kind, instance, view, block: { height, digest }, reports: [] };
  return certificate.signatures.map((each) => ({ ...signedOf(each), statement }));
}

/**
 * The fault in the shape of a certificate, or undefined. Costs no signature, so it is checked first. A
 * certificate without signatures must be that of the root, and so must one that is not above the root (RULES.md A.5).
 */
export function certificateFault(
  certificate: QuorumCertificate,
  set: ValidatorSet,
  root: EpochRoot,
  table: VoteTable,
): CertificateFault | undefined {
  const { kind, instance, digest, height, view, signatures } = certificate;
  if (!isVote(kindRowOf(table, kind))) return 'certificate of an unknown kind';
  if (instance !== instanceOf(table, height)) return 'certificate of another instance than that of its block';
  if (isAboveRoot(certificate, root, table)) {
    return view < table.firstView
      ? 'certificate of a view before the first'
      : signersFault(signatures, { kind, set, table });
  }
  const isRoot = view === root.view && digest === root.digest && height === root.height;
  const isOfRoot = isRoot && signatures.length === 0;
  return isOfRoot ? undefined : 'at the position of the root or below, without being it';
}

/** The instance that a block of this height is decided in: the height, where each height is one. */
function instanceOf({ instances }: VoteTable, height: Height): bigint {
  return instances === 'one' ? 0n : height;
}

/** Whether a quorum of this kind says something: a proposal is of one member, and leaving has its own certificate. */
function isVote(row: KindRow | undefined): boolean {
  return row !== undefined && row.leaderOnly !== true && row.leaves === undefined;
}

/** Whether a certificate can be of a block above the root: by its view, or by its height where each height has views of its own. */
function isAboveRoot(
  { view, height }: QuorumCertificate,
  root: EpochRoot,
  { instances }: VoteTable,
): boolean {
  return instances === 'one' ? view > root.view : height > root.height;
}

/** Distinct, ascending, known members whose weight reaches the quorum, each by a key that the kind takes (RULES.md A.16, A.21). */
export function signersFault(
  signatures: readonly Signed[],
  { kind, set, table }: { readonly kind: string; readonly set: ValidatorSet; readonly table: VoteTable },
): CertificateFault | undefined {
  let last = -1;
  for (const each of signatures) {
    const { member } = each;
    if (member <= last) return 'signers repeated or out of order';
    if (set.members[member] === undefined) return 'unknown signer';
    const fault = signingKeyFault(each, kind, table);
    if (fault !== undefined) return fault;
    last = member;
  }
  const members = signatures.map(({ member }) => member);
  return hasQuorum(set, members) ? undefined : 'signers below quorum';
}
