import type { KindRow, VoteTables } from '#libs/protocol/vote/vote-table.ts';
import type { StatementShare, StatementWords } from './statement-words.ts';

/** The kinds of these protocols in words, from their tables. */
export function wordsOf(tables: VoteTables): StatementWords {
  return new Map(
    [...tables.values()].map(({ protocol, kinds }) => {
      const shares = Object.entries(kinds).map(([kind, row]) => [kind, shareOf(row)] as const);
      return [protocol, Object.fromEntries(shares)];
    }),
  );
}

function shareOf({ leaderOnly, leaves }: KindRow): StatementShare {
  if (leaves !== undefined) return 'timeout';
  return leaderOnly === true ? 'proposal' : 'vote';
}
