import type { VotePath } from '#libs/protocol/vote-path.ts';

/** Members from which on a new federation has its votes go to all: BENCHMARKS.md, "Votes to all". */
export const VOTES_TO_ALL_MEMBERS = 10;

/** The way of votes of a new federation, which its genesis then says: no chain goes over to the other by growing. */
export function votePathFor(members: number): VotePath {
  return members < VOTES_TO_ALL_MEMBERS ? 'leader' : 'all';
}
