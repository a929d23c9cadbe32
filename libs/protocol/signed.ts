import type { CertifiedKeyDigest, MemberIndex } from '#libs/chain/ids.ts';
import { kindRowOf, type VoteTable } from './vote/vote-table.ts';

/** A signature, and the key that made it. */
export interface KeySignature {
  readonly signature: Uint8Array;
  /**
   * Absent: the member's own key. Only a kind whose row says so takes another one (`byCertifiedKey` in vote/vote-table.ts), and no
   * table of today has such a row.
   */
  readonly key?: CertifiedKeyDigest | undefined;
}

/** One member's signature under a statement. */
export interface Signed extends KeySignature {
  readonly member: MemberIndex;
}

export type SigningKeyFault = 'signature by another key than its kind takes';

/** The fault of a signature under a kind of statement by its key alone, or undefined: only some kinds take a certified key. */
export function signingKeyFault(
  { key }: Pick<KeySignature, 'key'>,
  kind: string,
  table: Pick<VoteTable, 'kinds'>,
): SigningKeyFault | undefined {
  const isTaken = key === undefined || kindRowOf(table, kind)?.byCertifiedKey === true;
  return isTaken ? undefined : 'signature by another key than its kind takes';
}

/** The signature alone, of whatever it stands in. An absent key stays absent. */
export function keySignatureOf({ signature, key }: KeySignature): KeySignature {
  return key === undefined ? { signature } : { signature, key };
}

/** The member and its signature alone, of whatever they stand in. */
export function signedOf({ member, signature, key }: Signed): Signed {
  return key === undefined ? { member, signature } : { member, signature, key };
}
