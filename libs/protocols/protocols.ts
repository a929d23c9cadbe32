import { assert } from '#libs/assert/assert.ts';
import { DBFT_TERMS } from '#libs/protocol/dbft/parameters.ts';
import { DBFT_TABLE } from '#libs/protocol/dbft/vote-table.ts';
import { HOTSTUFF_TERMS } from '#libs/protocol/hotstuff/founding-terms.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { FoundingProtocols, ParameterValues } from '#libs/protocol/parameters.ts';
import { PBFT_TERMS } from '#libs/protocol/pbft/parameters.ts';
import { PBFT_TABLE } from '#libs/protocol/pbft/vote-table.ts';
import type { ProtocolTiming } from '#libs/protocol/protocol-timing.ts';
import type { VoteTable, VoteTables } from '#libs/protocol/vote/vote-table.ts';

/** The votes of every protocol that a chain can run, by the name in its genesis. */
export const VOTE_TABLES: VoteTables = new Map(
  [HOTSTUFF_TABLE, PBFT_TABLE, DBFT_TABLE].map((table) => [table.protocol, table]),
);

/** The protocol whose evidence does not say its name: version 1 of the encoding is of this one alone. */
export const UNNAMED: VoteTable = HOTSTUFF_TABLE;

/** The votes of a protocol that a chain can run, by the name in its genesis; undefined when this version has none. */
export function voteTableOf(protocol: string): VoteTable | undefined {
  return VOTE_TABLES.get(protocol);
}

/** The protocols that a genesis may name, with what it may say of each. */
export const FOUNDING_PROTOCOLS: FoundingProtocols = new Map([
  [HOTSTUFF_TABLE.protocol, HOTSTUFF_TERMS],
  [PBFT_TABLE.protocol, PBFT_TERMS],
  [DBFT_TABLE.protocol, DBFT_TERMS],
]);

/** The bounds of the waits of a protocol, by the numbers that a genesis says of it. */
export function timingOf(protocol: string, values: ParameterValues): ProtocolTiming {
  const terms = FOUNDING_PROTOCOLS.get(protocol);
  assert(terms !== undefined, 'a genesis with an unknown protocol is not read');
  return terms.parameters.timing(values);
}
