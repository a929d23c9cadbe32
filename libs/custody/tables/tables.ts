import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { DBFT_TABLE, PBFT_TABLE, PHASED_TABLE } from './rounds.ts';

/** Every protocol that a key can be bound to. */
export const VOTE_TABLES: ReadonlyMap<string, VoteTable> = new Map(
  [HOTSTUFF_TABLE, PBFT_TABLE, DBFT_TABLE, PHASED_TABLE].map((table) => [table.protocol, table]),
);
