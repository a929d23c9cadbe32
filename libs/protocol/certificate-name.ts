import { Encoder } from '#libs/bytes/encoder.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { digestOf } from '#libs/chain/digest.ts';
import { type Digest, type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from './certificate.ts';
import type { LeaveCertificate } from './leave-certificate.ts';
import type { Signed } from './signed.ts';
import { putTyped } from './vote/typed-bytes.ts';

const FACT_TAG = 'btcfed/certificate-fact/v1';
const LEAVE_TAG = 'btcfed/leave-fact/v1';

/**
 * The identity of a certificate within its epoch: its statement, and the signers. The bytes of the signatures are no part of
 * it: a member can make any number of them for one statement, and a holder of the statements of these members has the certificate.
 */
export interface CertificateName {
  /** SHA-256 of what its members signed. */
  readonly fact: Digest;
  /** A bit for each member, its index counted from the lowest bit of the first byte; no byte of zeros at the end. */
  readonly signers: Uint8Array;
}

/** Names a certificate: for the one of an epoch's root, without signers. */
export function certificateName(certificate: QuorumCertificate): CertificateName {
  return { fact: factOf(certificate), signers: bitmapOf(membersOf(certificate.signatures)) };
}

/**
 * Names a leave certificate by what each of its members reported. The prepared certificate beside it has a name of
 * its own.
 */
export function leaveCertificateName(certificate: LeaveCertificate): CertificateName {
  const { kind, instance, view, shares } = certificate;
  const encoder = new Encoder().text(LEAVE_TAG).u32(shares.length);
  for (const { member, reports } of shares) {
    putTyped(encoder.u32(member), { kind, instance, view, block: undefined, reports });
  }
  return { fact: digestOf(encoder.finish()), signers: bitmapOf(membersOf(shares)) };
}

/** The digest of the statement that all members of a certificate signed, whoever they are. */
export function factOf({
  kind,
  instance,
  view,
  height,
  digest,
}: Omit<QuorumCertificate, 'signatures'>): Digest {
  const statement = { kind, instance, view, block: { height, digest }, reports: [] };
  return digestOf(putTyped(new Encoder().text(FACT_TAG), statement).finish());
}

export function isSameName(a: CertificateName, b: CertificateName): boolean {
  return nameText(a) === nameText(b);
}

/** A name as one line, to keep certificates by. */
export function nameText({ fact, signers }: CertificateName): string {
  return `${fact} ${toHex(signers)}`;
}

/**
 * The members of a bitmap, ascending; undefined for one that is not written in the only way: with a byte of zeros at
 * its end, or of members that there are not.
 */
export function membersIn(signers: Uint8Array, members: number): readonly MemberIndex[] | undefined {
  if (signers.at(-1) === 0 || signers.length * 8 >= members + 8) return undefined;
  const named = Array.from({ length: signers.length * 8 }, (_, index) => index).filter(
    (index) => ((signers[index >> 3] ?? 0) & (1 << (index & 7))) !== 0,
  );
  return named.every((index) => index < members) ? named.map(toMemberIndex) : undefined;
}

/** A bit for each of these members, as in `signers`. */
export function bitmapOf(members: readonly MemberIndex[]): Uint8Array {
  const highest = members.reduce((max, member) => Math.max(max, member), -1);
  const bits = new Uint8Array((highest + 8) >> 3);
  for (const member of members) bits[member >> 3] = (bits[member >> 3] ?? 0) | (1 << (member & 7));
  return bits;
}

function membersOf(signatures: readonly Signed[]): readonly MemberIndex[] {
  return signatures.map(({ member }) => member);
}
