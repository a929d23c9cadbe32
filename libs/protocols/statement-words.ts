import { DBFT_WORDS } from '#libs/protocol/dbft/statement-words.ts';
import { HOTSTUFF_WORDS } from '#libs/protocol/hotstuff/statement-words.ts';
import { PBFT_WORDS } from '#libs/protocol/pbft/statement-words.ts';

/** The share of a kind of statement: signed by the leader alone, a vote, or giving a view up. */
export type StatementShare = 'proposal' | 'vote' | 'timeout';

/** The kinds of protocols, by the names of protocol and kind, in words alone. */
export type StatementWords = ReadonlyMap<string, Readonly<Record<string, StatementShare>>>;

/**
 * The kinds of every protocol that a chain can run, for a process that asks which statements there are and must know no rule: the edge
 * of a signer, which an intruder may have. No table is in it and none is imported; `statement-words.test.ts` holds it to the tables.
 */
export const STATEMENT_WORDS: StatementWords = new Map(
  [HOTSTUFF_WORDS, PBFT_WORDS, DBFT_WORDS].map(({ protocol, kinds }) => [protocol, kinds]),
);
