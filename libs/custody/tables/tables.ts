import type { VoteTable } from '../vote-table.ts';
import { HOTSTUFF_TABLE } from './hotstuff.ts';
import { DBFT_TABLE, PBFT_TABLE, PHASED_TABLE } from './rounds.ts';

/** Every protocol that a key can be bound to. */
export const VOTE_TABLES: ReadonlyMap<string, VoteTable> = new Map(
  [HOTSTUFF_TABLE, PBFT_TABLE, DBFT_TABLE, PHASED_TABLE].map((table) => [table.protocol, table]),
);
