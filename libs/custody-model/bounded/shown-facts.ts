import { FactBook } from '#libs/custody/fact-book.ts';
import { learnCertified } from '#libs/custody/learn-certified.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { RoundsAsk } from '../rounds-asks.ts';

/** The proofs that a host shows for a request: the certificate that it rests on, and that the height before is decided. */
interface ShownProofs {
  readonly index: number;
  readonly isThere: boolean;
  readonly opens: boolean;
}

/** The facts that a request about a block is judged by. The liar signed every proposal. */
export function shownFacts(
  table: VoteTable,
  asks: readonly RoundsAsk[],
  { index, isThere, opens }: ShownProofs,
): FactBook {
  const facts = new FactBook();
  const ask = asks[index];
  if (ask?.statement.block === undefined) return facts;
  const { instance, view, block } = ask.statement;
  if (opens) facts.settled(instance - 1n);
  facts.proposed({ kind: table.proposal, instance, view, ...block });
  const needed = ask.needs === undefined ? undefined : asks[ask.needs]?.statement;
  if (isThere && needed?.block !== undefined) learnCertified(table, facts, { ...needed, ...needed.block });
  return facts;
}
