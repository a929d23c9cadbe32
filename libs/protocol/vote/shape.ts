import type { VoteStatement } from './statement.ts';
import { kindRowOf, type VoteTable } from './vote-table.ts';

/**
 * Whether the protocol has a statement of this shape: its kind, view and instance can exist, and a block is there
 * exactly when its kind needs one, and one report of the only instance where there is one. Only such a statement has signing bytes.
 */
export function isShaped({ kind, view, instance, block, reports }: VoteStatement, table: VoteTable): boolean {
  const row = kindRowOf(table, kind);
  if (row === undefined) return false;
  if (view < table.firstView || (table.instances === 'one' && instance !== 0n)) return false;
  if (row.leaves === undefined) return block !== undefined && reports.length === 0;
  if (block !== undefined) return false;
  // The bytes of such a protocol do not say the instance of a report: there is only one.
  return table.instances !== 'one' || (reports.length === 1 && reports[0]?.instance === instance);
}
