import { type Digest, toDigest, toHeight, toView } from '#libs/chain/ids.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { kindRowOf, type VoteTable } from '#libs/protocol/vote/vote-table.ts';

const ONE = toDigest('1d'.repeat(32));
const OTHER = toDigest('2e'.repeat(32));

/** A statement of a kind that the table has, made of the table alone. `salt` makes it another one of the same slot. */
export function statementOfKind(table: VoteTable, kind: string, salt = 0): VoteStatement {
  const { instances, firstView } = table;
  const instance = instances === 'one' ? 0n : 7n;
  const view = toView(firstView + 3n);
  const digest: Digest = salt === 0 ? ONE : OTHER;
  if (kindRowOf(table, kind)?.leaves === undefined)
    return { kind, instance, view, block: { height: toHeight(7n), digest }, reports: [] };
  const report = { instance, view: toView(firstView + 1n), digest };
  return { kind, instance, view, block: undefined, reports: [report] };
}

/** A statement of every kind, in the order of the table. */
export function statementsOf(table: VoteTable): readonly VoteStatement[] {
  return Object.keys(table.kinds).map((kind) => statementOfKind(table, kind));
}
