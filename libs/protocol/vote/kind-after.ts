import type { VoteTable } from './vote-table.ts';

/** The kind of vote that rests on a certificate of this kind; undefined of the kind that decides. */
export function kindAfter({ kinds }: Pick<VoteTable, 'kinds'>, kind: string): string | undefined {
  return Object.entries(kinds).find(([, row]) => row.needs === kind)?.[0];
}
