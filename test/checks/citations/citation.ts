/** One mention of something that a reader should be able to open. */
export interface Citation {
  /** The cited document, by its path or the end of it: `libs/custody/README.md`, `FORMATS.md`. */
  readonly document: string;
  /** Id or title of a heading, or first cell of a table row; undefined: the document as a whole. */
  readonly place?: string;
}

/** Families of requirements, with ids such as `HS-…`. Each has its rows in `test/requirements/<family>.md`. */
export const FAMILIES = ['HS', 'E2E', 'BYZ', 'A5', 'FED', 'P2P', 'LOG', 'SIG', 'F'] as const;

/** Families of protocols, with ids of several parts. Each file comes with its protocol, and until then no citation of it holds. */
export const PROTOCOL_FAMILIES = ['TW', 'N3', 'TP'] as const;

const REQUIREMENT = new RegExp(
  String.raw`(?<![\w-])(?<id>(?<family>${FAMILIES.join('|')})-\d+)(?!\w)|` +
    String.raw`(?<![\w-])(?<partedId>(?<protocol>${PROTOCOL_FAMILIES.join('|')})-\d\.\w+(?:\.\d+)?)(?!\w)`,
  'g',
);
const RECORD = /(?<![\w-])ADR-\d+/g;
/** The form of old, which names no file. */
const SECTION = /\b[Rr]equirements (?<section>(?:A\.)?\d+(?:\.\d+)*)|(?<![\w.] )(?<row>\b\d\.\d row \d+)/g;
const DOCUMENT =
  /(?<![\w}/.-])(?<name>(?:\.{0,2}\/)*[\w-]+(?:[/.][\w-]+)*\.md)\b|\b(?<decisions>DECISIONS)(?= \d)/g;

/** Rules of basic HotStuff (A, C) and of its simulator (B) have numbers that no other document has. */
const RULE = /(?<![\w./-])[ABC]\.\d+(?:\.\d+)*(?![\w-])/g;

/** An id that begins a heading or stands in a row: `A.12`, `G4`, `5.2`, `24`, `rule 7`. */
export const PLACE = String.raw`(?:rule \d+|(?:[A-Z]\.?)?\d+(?:\.\d+)*)(?![\w-])`;
const WORD = '(?:(?:sections?|rows?|numbers?) )?';
const PLACES = new RegExp(
  String.raw`^(?:[\x60)\]]* |, )${WORD}(?<list>${PLACE}(?:(?:,| and|, and| to| or)? ${WORD}${PLACE})*)`,
);
const TITLE = /^[`)\]]*,? (?:section )?["“](?<title>[^"”]+)["”]/;

/** All citations in a text: code, document or data. */
export function citationsIn(text: string): readonly Citation[] {
  const line = joined(text);
  const documents = [...line.matchAll(DOCUMENT)].map((match) => {
    const { name, decisions } = match.groups ?? {};
    const end = match.index + match[0].length;
    return {
      document: name ?? `${decisions}.md`,
      start: match.index,
      end,
      after: placesAfter(line.slice(end)),
    };
  });
  return [
    ...[...line.matchAll(REQUIREMENT)].map(({ groups: { id, family, partedId, protocol } = {} }) => ({
      document: `test/requirements/${family ?? protocol}.md`,
      place: id ?? partedId ?? '',
    })),
    ...[...line.matchAll(RECORD)].map(([place]) => ({ document: 'test/requirements/README.md', place })),
    ...[...line.matchAll(SECTION)].map(({ groups }) => ({
      document: 'requirements',
      place: groups?.['section'] ?? groups?.['row'] ?? '',
    })),
    ...documents.flatMap(({ document, after: { places } }) =>
      places.length === 0 ? [{ document }] : places.map((place) => ({ document, place })),
    ),
    ...rulesIn(line, documents),
  ];
}

/** Rules that are named without their document. */
function rulesIn(
  line: string,
  documents: readonly {
    readonly start: number;
    readonly end: number;
    readonly after: { readonly length: number };
  }[],
): readonly Citation[] {
  return [...line.matchAll(RULE)]
    .filter(
      ({ index }) => !documents.some(({ start, end, after }) => index >= start && index < end + after.length),
    )
    .map(([place]) => ({
      document: place.startsWith('B') ? 'libs/simulation/README.md' : 'libs/protocol/hotstuff/RULES.md',
      place,
    }));
}

/** One line, without what begins each line of a comment: a citation may be broken in two. */
function joined(text: string): string {
  return text.replaceAll(/https?:\/\/\S+/g, '').replaceAll(/\s*\n\s*(?:\*(?!\/)|\/\/+|#+|>)?\s*/g, ' ');
}

/** Places behind the name of a document, and how much of the line they take. */
function placesAfter(rest: string): { readonly places: readonly string[]; readonly length: number } {
  const title = TITLE.exec(rest);
  if (title !== null) return { places: [title.groups?.['title'] ?? ''], length: title[0].length };
  const list = PLACES.exec(rest)?.[0] ?? '';
  const places = [...list.matchAll(new RegExp(PLACE, 'g'))].map(([place]) => place);
  return { places, length: list.length };
}
