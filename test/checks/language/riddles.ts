import type { Passage } from './passage.ts';

/** A sentence, or its part behind a colon or a semicolon. */
interface Clause {
  readonly line: number;
  readonly text: string;
  /** The mark before it; empty at the beginning of a sentence. */
  readonly behind: string;
}

/** The place before a blank line, an item of a list or a tag of a doc comment. */
const NEW_ITEM = /\n(?=[ \t]*\n|[ \t]*(?:[-*]|\d+\.)[ \t]|[ \t]*@)/;

/** The space behind a sentence. */
const SENTENCE_END = /(?<=[.?!]["'”)*_]*)\s+(?=["'“(*_]*[A-Z`])/;

/** The space behind a mark that may end a clause. */
const CLAUSE_END = /(?<=[:;]["'”)*_]*)\s+/;

const MARKER = /^\s*(?:(?:[-*]|\d+\.)\s+)?(?:@\w+ (?:\w+ )?- )?["'“(*_]*/;

const SUBJECT = /^(?:What|Whatever|Who|Whoever|One that|One who|That which) /;

/** Behind a colon "what" and "who" may begin a list of questions, which is no sentence. */
const SUBJECT_OF_CLAUSE: Readonly<Record<string, RegExp>> = {
  ':': /^(?:whatever|whoever|one that|one who|that which) /,
  ';': /^(?:what|whatever|who|whoever|one that|one who|that which) /,
};

/** The sentences and clauses of `passage` whose subject is a relative clause that names nothing, as "What is left waits". */
export function riddlesIn(passage: Passage): readonly Omit<Clause, 'behind'>[] {
  return clausesOf(passage)
    .filter(({ text, behind }) => SUBJECT.test(text) || SUBJECT_OF_CLAUSE[behind]?.test(text))
    .map(({ line, text }) => ({ line, text }));
}

/** The clauses of all sentences but questions. */
function clausesOf({ line, lines }: Passage): readonly Clause[] {
  return cut({ line, text: lines.join('\n') }, NEW_ITEM)
    .flatMap((item) => cut(item, SENTENCE_END))
    .filter(({ text }) => !/\?["'”)*_]*\s*$/.test(text))
    .flatMap((sentence) => cut(sentence, CLAUSE_END))
    .map((clause) => ({ ...clause, text: clause.text.replace(MARKER, '').replaceAll(/\s+/g, ' ') }));
}

/** The parts of a text between the places where `separator` is. */
function cut({ line, text }: Omit<Clause, 'behind'>, separator: RegExp): readonly Clause[] {
  const gaps = [...text.matchAll(new RegExp(separator, 'g'))];
  const starts = [0, ...gaps.map(({ index, 0: gap }) => index + gap.length)];
  return starts.map((start, at) => {
    const before = text.slice(0, start);
    const behind = /[:;](?=["'”)*_]*\s*$)/.exec(before)?.[0] ?? '';
    return { line: line + lineBreaks(before), text: text.slice(start, gaps[at]?.index), behind };
  });
}

function lineBreaks(text: string): number {
  return text.split('\n').length - 1;
}
