import type { CertifiedKeyDigest, MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from './certificate.ts';
import { type Signed, type SigningKeyFault, signingKeyFault } from './signed.ts';
import type { ValidatorSet } from './validator-set.ts';
import type { SigningScope, VoteStatement } from './vote/statement.ts';
import type { VoteTable } from './vote/vote-table.ts';

/** A public key, and the scheme that it verifies signatures of. */
export interface SchemeKey {
  readonly scheme: string;
  readonly publicKey: Uint8Array;
}

/** The keys that members have certified, as far as this node knows them. */
export interface CertifiedKeys {
  /** The key of this digest, if the member certified it for such a statement; undefined while that is not known. */
  find(member: MemberIndex, key: CertifiedKeyDigest, statement: VoteStatement): SchemeKey | undefined;
}

/** The keys of the members of an epoch. */
export interface MemberKeys {
  readonly set: ValidatorSet;
  /** Scheme of the members' own keys. */
  readonly scheme: string;
  readonly certified: CertifiedKeys;
}

/** All that says which key a claim must be verified by, and over which bytes. */
export interface ClaimContext extends MemberKeys {
  readonly scope: SigningScope;
  readonly table: VoteTable;
}

/** A claim as a verifier takes it. */
export interface ResolvedClaim extends SchemeKey {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Why a claim cannot hold, whatever its signature is. */
export type ClaimFault = 'unknown signer' | SigningKeyFault;

/**
 * `refused`: the claim cannot hold, and the member that brought it could have known. `unresolved`: it names a key that may be a member's, and
 * that is not known here. Nobody is to blame for that and nothing is proved by it: a message that holds the claim is not used, and is taken
 * again once the key is known.
 */
export type Resolution<Resolved> =
  | { readonly kind: 'resolved'; readonly resolved: Resolved }
  | { readonly kind: 'refused'; readonly fault: ClaimFault }
  | { readonly kind: 'unresolved' };

/** No key is certified in any chain of today. */
export const NO_CERTIFIED_KEYS: CertifiedKeys = { find: () => undefined };

const UNRESOLVED = { kind: 'unresolved' } as const;

/** The one way from a claim to what verifies it. Neither its signature nor its statement is judged. */
export function resolveClaim(claim: Claim, context: ClaimContext): Resolution<ResolvedClaim> {
  const found = resolveKey(claim, context);
  if (found.kind !== 'resolved') return found;
  const message = context.table.bytes(context.scope, claim.statement);
  return { kind: 'resolved', resolved: { ...found.resolved, message, signature: claim.signature } };
}

/** The key that must have made the signature of a claim, by the table: for those who verify without bytes. */
export function resolveKey(
  { member, key, statement }: Claim,
  { set, scheme, certified, table }: Omit<ClaimContext, 'scope'>,
): Resolution<SchemeKey> {
  if (key === undefined) return ownKeyOf(member, { set, scheme });
  if (set.members[member] === undefined) return refused('unknown signer');
  const fault = signingKeyFault({ key }, statement.kind, table);
  if (fault !== undefined) return refused(fault);
  const resolved = certified.find(member, key, statement);
  return resolved === undefined ? UNRESOLVED : { kind: 'resolved', resolved };
}

/** The same of a signature under other bytes than a statement's, such as a vote for a change: the member's own key makes those. */
export function resolveOwn(
  { member, signature, key }: Signed,
  keys: Pick<MemberKeys, 'set' | 'scheme'>,
  message: Uint8Array,
): Resolution<ResolvedClaim> {
  if (key !== undefined) return refused('signature by another key than its kind takes');
  const found = ownKeyOf(member, keys);
  if (found.kind !== 'resolved') return found;
  return { kind: 'resolved', resolved: { ...found.resolved, message, signature } };
}

function ownKeyOf(
  member: MemberIndex,
  { set, scheme }: Pick<MemberKeys, 'set' | 'scheme'>,
): Resolution<SchemeKey> {
  const publicKey = set.members[member]?.publicKey;
  if (publicKey === undefined) return refused('unknown signer');
  return { kind: 'resolved', resolved: { scheme, publicKey } };
}

function refused(fault: ClaimFault): { readonly kind: 'refused'; readonly fault: ClaimFault } {
  return { kind: 'refused', fault };
}
