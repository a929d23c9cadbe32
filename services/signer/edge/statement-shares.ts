import type { StatementShare, StatementWords } from '#libs/protocols/statement-words.ts';

/** Words for some of a protocol's statements. They are older than rules by kind, and files of clients may have them. */
export const STATEMENT_SHARES = ['proposal', 'vote', 'timeout'] as const satisfies readonly StatementShare[];

/** The kinds of a protocol in one share; all of them for `sign`. None of a protocol that is not there. */
export function kindsIn(
  words: StatementWords,
  protocol: string,
  share: StatementShare | 'sign',
): readonly string[] {
  const kinds = Object.entries(words.get(protocol) ?? {});
  return kinds.filter(([, each]) => share === 'sign' || each === share).map(([kind]) => kind);
}
