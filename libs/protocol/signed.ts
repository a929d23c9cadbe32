import type { CertifiedKeyDigest, MemberIndex } from '#libs/chain/ids.ts';

/** A signature, and the key that made it. */
export interface KeySignature {
  readonly signature: Uint8Array;
  /**
   * Absent: the member's own key. No table of today lets another one sign (`byCertifiedKey` in vote/vote-table.ts), so a key
   * that stands here is refused wherever a signature is judged.
   */
  readonly key?: CertifiedKeyDigest | undefined;
}

/** One member's signature under a statement. */
export interface Signed extends KeySignature {
  readonly member: MemberIndex;
}

/** The signature alone, of whatever it stands in. An absent key stays absent. */
export function keySignatureOf({ signature, key }: KeySignature): KeySignature {
  return key === undefined ? { signature } : { signature, key };
}

/** The member and its signature alone, of whatever they stand in. */
export function signedOf({ member, signature, key }: Signed): Signed {
  return key === undefined ? { member, signature } : { member, signature, key };
}
