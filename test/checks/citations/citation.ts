/** One mention of something that a reader should be able to open. */
export interface Citation {
  /** As a file or its end: `libs/custody/README.md`, `FORMATS.md`. */
  readonly document: string;
  /** Id or title of a heading, or first cell of a table row; undefined: the document as a whole. */
  readonly place?: string;
}

/** Families of requirements. Each has its rows in `test/requirements/<family>.md`. */
export const FAMILIES = ['HS', 'E2E', 'BYZ', 'A5', 'FED', 'P2P', 'LOG', 'SIG', 'F'] as const;

/** Families of protocols that are still to come: each brings its file with it, and until then no citation of it holds. */
export const COMING_FAMILIES = ['TW', 'N3', 'TP'] as const;

const REQUIREMENT = new RegExp(
  String.raw`(?<![\w-])(?<id>(?<family>${FAMILIES.join('|')})-\d+)(?!\w)|` +
    String.raw`(?<![\w-])(?<comingId>(?<coming>${COMING_FAMILIES.join('|')})-\d\.\w+(?:\.\d+)?)(?!\w)`,
  'g',
);
const RECORD = /(?<![\w-])ADR-\d+/g;
/** The form of old, which names no file. */
const SECTION = /\b[Rr]equirements (?<section>(?:A\.)?\d+(?:\.\d+)*)|(?<![\w.] )(?<row>\b\d\.\d row \d+)/g;
const DOCUMENT =
  /(?<![\w}/.-])(?<name>(?:\.{0,2}\/)*[\w-]+(?:[/.][\w-]+)*\.md)\b|\b(?<decisions>DECISIONS)(?= \d)/g;

/** An id that begins a heading or stands in a row: `A.12`, `G4`, `5.2`, `24`, `rule 7`. */
export const PLACE = String.raw`(?:rule \d+|(?:[A-Z]\.?)?\d+(?:\.\d+)*)(?![\w-])`;
const WORD = '(?:(?:sections?|rows?|numbers?) )?';
const PLACES = new RegExp(
  String.raw`^(?:[\x60)\]]* |, )${WORD}(?<list>${PLACE}(?:(?:,| and|, and| to| or)? ${WORD}${PLACE})*)`,
);
const TITLE = /^[`)\]]*,? (?:section )?["“](?<title>[^"”]+)["”]/;

/** All citations in a text, whatever it is: code, document or data. */
export function citationsIn(text: string): readonly Citation[] {
  const line = joined(text);
  return [
    ...[...line.matchAll(REQUIREMENT)].map(({ groups: { id, family, comingId, coming } = {} }) => ({
      document: `test/requirements/${family ?? coming}.md`,
      place: id ?? comingId ?? '',
    })),
    ...[...line.matchAll(RECORD)].map(([place]) => ({ document: 'test/requirements/README.md', place })),
    ...[...line.matchAll(SECTION)].map(({ groups }) => ({
      document: 'requirements',
      place: groups?.['section'] ?? groups?.['row'] ?? '',
    })),
    ...[...line.matchAll(DOCUMENT)].flatMap((match) => {
      const { name, decisions } = match.groups ?? {};
      const document = name ?? `${decisions}.md`;
      const places = placesAfter(line.slice(match.index + match[0].length));
      return places.length === 0 ? [{ document }] : places.map((place) => ({ document, place }));
    }),
  ];
}

/** One line, without what begins each line of a comment: a citation may be broken in two. */
function joined(text: string): string {
  return text.replaceAll(/https?:\/\/\S+/g, '').replaceAll(/\s*\n\s*(?:\*(?!\/)|\/\/+|#+|>)?\s*/g, ' ');
}

function placesAfter(rest: string): readonly string[] {
  const title = TITLE.exec(rest)?.groups?.['title'];
  if (title !== undefined) return [title];
  const list = PLACES.exec(rest)?.groups?.['list'] ?? '';
  return [...list.matchAll(new RegExp(PLACE, 'g'))].map(([place]) => place);
}
