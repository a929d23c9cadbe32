import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';

const TABLES: ReadonlyMap<string, VoteTable> = new Map(
  [HOTSTUFF_TABLE].map((table) => [table.protocol, table]),
);

/** The protocol whose evidence does not say its name: version 1 of the encoding is of this one alone. */
export const UNNAMED: VoteTable = HOTSTUFF_TABLE;

/** The votes of a protocol that a chain can run, by the name in its genesis; undefined when this version has none. */
export function voteTableOf(protocol: string): VoteTable | undefined {
  return TABLES.get(protocol);
}
