import type { MemberIndex } from '#libs/chain/ids.ts';
import type { MembershipChange } from '#libs/membership/change.ts';
import type { Roster } from '#libs/membership/roster.ts';

/** A week at one block a second. */
const GOOD_FOR_MAX = 604_800n;

export type Voters = ReadonlyMap<MemberIndex, bigint>;

/** The voters whose votes a block of this height counts. */
export function goodAt(voters: Voters, height: bigint): Voters {
  return new Map([...voters].filter(([, until]) => until >= height));
}

export function isTimely(goodUntil: bigint, height: bigint): boolean {
  return goodUntil >= height && goodUntil - height <= GOOD_FOR_MAX;
}

/** Members of equal weight: more than two thirds of them (HS-10). */
export function quorumOfCount(members: number): number {
  return Math.floor((2 * members) / 3) + 1;
}

/** The roster after a change: remaining members keep their order, and new ones follow. */
export function membersAfter(roster: Roster, { leave, join }: MembershipChange): Roster {
  return [...roster.filter(({ name }) => !leave.includes(name)), ...join];
}
