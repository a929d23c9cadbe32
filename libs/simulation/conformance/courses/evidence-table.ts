import { toMemberIndex, toView } from '#libs/chain/ids.ts';
import { contradiction } from '#libs/protocol/evidence.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { staticCourse } from '../words/course.ts';
import { statementOfKind } from './sample-statements.ts';

/** C11, by the table: two statements of one slot accuse, whichever kind, and statements of two slots never do. */
export const EVIDENCE_TABLE = staticCourse('evidence-table', 'C11', ({ table }) =>
  Object.keys(table.kinds).flatMap((kind) => faultsOf(table, kind)),
);

function faultsOf(table: VoteTable, kind: string): readonly string[] {
  const one = statementOfKind(table, kind);
  const { instance, view } = one;
  const others: readonly (readonly [string, VoteStatement, boolean])[] = [
    ['itself', one, false],
    ['another of its slot', statementOfKind(table, kind, 1), true],
    ['the same of a later view', laterView(one), false],
    ...(table.instances === 'one'
      ? []
      : ([['the same of the next height', { ...one, instance: instance + 1n, view }, false]] as const)),
  ];
  return others
    .filter(([, other, accuses]) => accuses !== accusing(table, one, other))
    .map(([what, , accuses]) => `a ${kind} and ${what} ${accuses ? 'accuse nobody' : 'accuse a member'}`);
}

/** A later statement of an honest member: a statement that gives a view up reports no less than before. */
function laterView(statement: VoteStatement): VoteStatement {
  return { ...statement, view: toView(statement.view + 1n) };
}

function accusing(table: VoteTable, one: VoteStatement, other: VoteStatement): boolean {
  const by = { member: toMemberIndex(1), signature: Uint8Array.of(1) };
  return contradiction({ ...by, statement: one }, { ...by, statement: other }, table) !== undefined;
}
