import type { Digest } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { NO_CERTIFIED_KEYS, resolveClaim } from '#libs/protocol/resolve-claim.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';

/** The part of a client's trust that says who signs, and how. */
export interface SignatureTrust {
  /** SHA-256 of the genesis. */
  readonly chainDigest: Digest;
  /** The statements of the protocol of the epoch. */
  readonly votes: VoteTable;
  readonly validators: ValidatorSet;
  /** Scheme of the members' own keys, which the genesis names. */
  readonly scheme: string;
  /** Verifies a signature of that scheme. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array, scheme: string): Promise<boolean>;
}

/** `unresolved`: the claim names a key that may be a member's, and nothing that this client trusts says so. */
export type ClaimStanding = 'true' | 'false' | 'unresolved';

/** Whether a member of this federation signed a statement. */
export async function standingOf(claim: Claim, trust: SignatureTrust): Promise<ClaimStanding> {
  const { chainDigest: chain, votes: table, validators: set, scheme } = trust;
  const scope = { chain, protocol: table.protocol, epoch: set.epoch };
  const found = resolveClaim(claim, { set, scheme, scope, table, certified: NO_CERTIFIED_KEYS });
  if (found.kind !== 'resolved') return found.kind === 'unresolved' ? 'unresolved' : 'false';
  const { publicKey, message, signature } = found.resolved;
  return (await trust.verify(publicKey, message, signature, found.resolved.scheme)) ? 'true' : 'false';
}
