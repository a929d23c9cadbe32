import type { VoteStatement } from './statement.ts';
import { kindRowOf, type VoteTable } from './vote-table.ts';

/**
 * Whether the protocol has a statement of this shape: its kind, view and instance can exist, and a block is there
 * exactly when its kind needs one. Only such a statement has signing bytes.
 */
export function isShaped({ kind, view, instance, block, reports }: VoteStatement, table: VoteTable): boolean {
  const row = kindRowOf(table, kind);
  if (row === undefined) return false;
  if (view < table.firstView || (table.instances === 'one' && instance !== 0n)) return false;
  if (row.leaves === undefined) return block !== undefined && reports.length === 0;
  return block === undefined && (table.instances !== 'one' || reports.length === 1);
}
