import { posix } from 'node:path';
import { type Citation, PLACE } from './citation.ts';

/** The tracked files of a repository, and the places in them that can be cited. */
export class Library {
  readonly #files: ReadonlySet<string>;
  readonly #read: (file: string) => string;
  readonly #places = new Map<string, ReadonlySet<string>>();

  /** @param files - Paths from the root of the repository. */
  constructor(files: readonly string[], read: (file: string) => string) {
    this.#files = new Set(files);
    this.#read = read;
  }

  /** Why a citation that stands in `file` leads nowhere, or undefined. */
  problem({ document, place }: Citation, file: string): string | undefined {
    const found = this.#find(document, file);
    if (found.length === 0)
      return `no tracked file is ${document}${place === undefined ? '' : ` (${place})`}`;
    if (found.length > 1) return `${document} may be ${found.join(' or ')}`;
    const [path = ''] = found;
    if (place === undefined || this.#placesOf(path).has(place)) return undefined;
    return `${path} has no heading or table row ${place}`;
  }

  /** The file that is meant: beside the one that cites, from the root, or the only one with such an end. */
  #find(document: string, file: string): readonly string[] {
    const beside = posix.join(posix.dirname(file), document);
    const exact = (document.includes('/') ? [document, beside] : [beside, document]).find((path) =>
      this.#files.has(path),
    );
    if (exact !== undefined) return [exact];
    // An absolute path is where a copy is installed: it may be of any of them.
    const isInstalled = document.startsWith('/');
    const end = isInstalled ? posix.basename(document) : document;
    return [...this.#files].filter((path) => path.endsWith(`/${end}`)).slice(0, isInstalled ? 1 : undefined);
  }

  #placesOf(path: string): ReadonlySet<string> {
    const places = this.#places.get(path) ?? new Set(placesIn(this.#read(path)));
    this.#places.set(path, places);
    return places;
  }
}

const LEADING = new RegExp(`^${PLACE}`);
/** A number alone may be any number; with a letter or a dot before text it is an id. */
const LEADING_ID = new RegExp(`^(?=[A-Z]|\\d+\\.\\d)${PLACE}`);
const WHOLE_ID = new RegExp(`^(?:${PLACE}|[A-Z][A-Z0-9]*-[\\w.]+)$`);

/** Ids and titles of headings, and ids in the first cells of table rows: `| A.12 |`, `| G1, G2 |`, `| S1 one chain · S2 … |`. */
function placesIn(text: string): readonly string[] {
  const titles = [...text.matchAll(/^#+ (?<title>.+)$/gm)].map(({ groups }) => plain(groups?.['title']));
  const cells = [...text.matchAll(/^\|(?<cell>[^|\n]+)\|/gm)]
    .flatMap(({ groups }) => plain(groups?.['cell']).split(/ · |, /))
    .map((cell) => (WHOLE_ID.test(cell) ? cell : (LEADING_ID.exec(cell)?.[0] ?? '')));
  return [...titles, ...titles.map((title) => LEADING.exec(title)?.[0] ?? ''), ...cells];
}

const plain = (marked: string | undefined): string => (marked ?? '').replaceAll(/[`*]/g, '').trim();
