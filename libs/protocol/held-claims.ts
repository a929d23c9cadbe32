import type { Claim } from './certificate.ts';
import { provedHigh } from './evidence.ts';
import type { CollectorLimits } from './limits.ts';
import { comparePositions, type Position } from './vote/position.ts';
import type { VoteTable } from './vote/vote-table.ts';

/** A statement of a member that a detector of contradictions remembers. */
export interface HeldClaim {
  readonly claim: Claim;
  readonly isVerified: boolean;
}

/** `held` with one more: an unverified one replaces the oldest unverified; beyond `claimsPerMember` it is dropped. */
export function withOneMore(
  held: readonly HeldClaim[],
  latest: HeldClaim,
  { unverifiedPerMember, claimsPerMember }: CollectorLimits,
): readonly HeldClaim[] {
  const unverified = held.filter(({ isVerified }) => !isVerified);
  const isCrowded = !latest.isVerified && unverified.length >= unverifiedPerMember;
  const rest = isCrowded ? held.filter((each) => each !== unverified[0]) : held;
  return rest.length >= claimsPerMember ? rest : [...rest, latest];
}

/** The statement that proves the highest certificate of a member: a later report below it is understated, however late. */
export function highestProof(held: readonly HeldClaim[], table: VoteTable): HeldClaim | undefined {
  let highest: HeldClaim | undefined;
  let known: Position | undefined;
  for (const each of held) {
    const { statement } = each.claim;
    const view = each.isVerified ? provedHigh(statement, table) : undefined;
    if (view === undefined) continue;
    const proved = { instance: statement.instance, view };
    if (known !== undefined && comparePositions(proved, known) <= 0) continue;
    highest = each;
    known = proved;
  }
  return highest;
}

/** Frees a signature from the network frame that it is a view of. */
export function copyOf({ member, statement, signature }: Claim): Claim {
  return { member, statement, signature: new Uint8Array(signature) };
}

/** Size of the signatures. */
export function bytesOf(held: readonly HeldClaim[]): number {
  return held.reduce((sum, { claim }) => sum + claim.signature.length, 0);
}
