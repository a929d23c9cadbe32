import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { CertifiedFact, FactBook } from './fact-book.ts';

/**
 * Remembers a verified certificate, and that its instance is over where each height is an instance that it decides. All of
 * its signatures were verified.
 */
export function learnCertified(
  { decides, instances }: Pick<VoteTable, 'decides' | 'instances'>,
  facts: FactBook,
  fact: CertifiedFact,
): void {
  facts.certified(fact);
  if (instances === 'ascending' && fact.kind === decides) facts.settled(fact.instance);
}
