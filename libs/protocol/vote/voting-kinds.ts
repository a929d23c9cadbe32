import { kindRowOf, type VoteTable } from './vote-table.ts';

/** Whether a kind is a vote about a block. */
export function isVotingKind(table: Pick<VoteTable, 'kinds'>, kind: string): boolean {
  const row = kindRowOf(table, kind);
  return row !== undefined && row.leaderOnly !== true && row.leaves === undefined;
}

/** The kinds of votes, in the order of a view. */
export function votingKinds(table: Pick<VoteTable, 'kinds'>): readonly string[] {
  return Object.entries(table.kinds)
    .filter(([kind]) => isVotingKind(table, kind))
    .sort(([, a], [, b]) => a.step - b.step)
    .map(([kind]) => kind);
}
