/** Words of answers that are the same wherever the book shows them. */
const KEPT_ONCE = ['CHAIN'] as const;
/** Words of answers that a person types into a later command: each the last that was shown. */
const KEPT = [...KEPT_ONCE, 'CHANGE', 'HASH', 'CHALLENGE', 'TOKEN', 'TRANSACTION', 'EVIDENCE'] as const;
const KEPT_WORD = new RegExp(`\\b(${KEPT.join('|')})\\b`);

/** The words that a person has read so far, by the word that stands for it in the book. */
export type Known = ReadonlyMap<string, string>;

/** A command with all that was read before. @throws Error for a word that no answer showed. */
export function withKnown(script: string, known: Known): string {
  return script.replaceAll(new RegExp(KEPT_WORD, 'g'), (word) => {
    const value = known.get(word);
    if (value === undefined) throw new Error(`no answer before showed ${word}`);
    return value;
  });
}

/** A line of an expected answer with those words that may not differ from what was read before. */
export function withKnownOnce(line: string, known: Known): string {
  return KEPT_ONCE.reduce((changed, word) => changed.replaceAll(word, known.get(word) ?? word), line);
}

/**
 * The words that an answer shows, where it is as expected: `…` stands for anything in a line, and alone for any lines. Undefined
 * where it is another answer. Of a command that goes on only the beginning is expected.
 */
export function readAnswer(
  expected: readonly string[],
  answer: string,
  { goesOn }: { readonly goesOn: boolean },
): Known | undefined {
  const words: string[] = [];
  const pattern = expected
    .map((line) => (line === '…' ? '(?:.*\\n)*?' : `${linePattern(line, words)} *\\n`))
    .join('');
  const found = new RegExp(`^${pattern}${goesOn ? '' : '$'}`).exec(`${answer.trimEnd()}\n`);
  return found === null ? undefined : new Map(words.map((word, index) => [word, found[index + 1] ?? '']));
}

function linePattern(line: string, words: string[]): string {
  return line
    .trimEnd()
    .split(new RegExp(`(…|${KEPT_WORD.source})`.replaceAll('\\b(', '\\b(?:')))
    .map((part) => {
      if (part === '…') return '.*?';
      if (!(KEPT as readonly string[]).includes(part)) return part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
      words.push(part);
      return '([^\\s"]+)';
    })
    .join('');
}
