import { kindRowOf, type VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { CertifiedFact, FactBook } from './fact-book.ts';

/**
 * Remembers a verified certificate, with the block it decides and the instances it closes where each height is an
 * instance. All of its signatures were verified.
 */
export function learnCertified(table: VoteTable, facts: FactBook, fact: CertifiedFact): void {
  const { decides, instances } = table;
  facts.certified(fact);
  // Checkpoints rest on it, which protocols with one open instance do not have.
  if (instances === 'window' && fact.kind === decides) facts.decided(fact);
  const closes =
    instances === 'ascending' ? fact.kind === decides : kindRowOf(table, fact.kind)?.settles === true;
  if (closes) facts.settled(fact.instance);
}
