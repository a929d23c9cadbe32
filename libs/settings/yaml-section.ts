import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { parseGoDuration } from './go-duration.ts';
import { isNothing, lineOf, position, shownWithKind, type YamlDocument } from './yaml-node.ts';
import { placeOfKey, type YamlPlace } from './yaml-place.ts';

const TRUE_WORDS = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']);
const FALSE_WORDS = new Set(['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']);

/** The kinds of values, as a person is asked to write them. */
const WANTED = {
  file: 'write sections with keys in them, as in the files that "btcfed init" makes',
  section: 'write its keys on lines of their own below it, indented',
  list: 'write a list: each entry on a line of its own behind "- "',
  text: 'write one value',
  boolean: 'write true or false without quotes (a bool)',
  duration: 'write a number with its unit, such as 10s, 1m30s or 1500ms',
} as const;

/** A YAML value of the wrong type. The message has the position, the key and the cure, and never a secret. */
export class YamlTypeError extends Error {
  override readonly name = 'YamlTypeError';
}

/**
 * One mapping of a YAML file, read key by key with the types that Go's yaml.v3 would give them, so that a
 * file means here what it means upstream: an absent or null key is the zero value, `yes` is a boolean where a boolean is
 * wanted, and any scalar is text where text is wanted. Aliases are not followed: each costs a walk over the
 * file, and nobody needs them here.
 *
 * Every reader throws YamlTypeError with line and column.
 */
export class YamlSection {
  readonly #source: YamlDocument;
  readonly #map: YAMLMap | undefined;
  readonly #path: string;

  private constructor(source: YamlDocument, map: YAMLMap | undefined, path: string) {
    this.#source = source;
    this.#map = map;
    this.#path = path;
  }

  static root(source: YamlDocument): YamlSection {
    return YamlSection.#of(source, source.document.contents, '');
  }

  static #of(source: YamlDocument, node: unknown, path: string): YamlSection {
    if (isNothing(node)) return new YamlSection(source, undefined, path);
    if (isMap(node)) return new YamlSection(source, node, path);
    // Not the value, which may be the private key.
    const fault = isScalar(node) ? 'one value' : shownWithKind(node);
    const isFile = path === '';
    throw mismatch(
      `${position(source, node)}${isFile ? 'the file' : path}`,
      fault,
      isFile ? 'file' : 'section',
    );
  }

  /** Names of the keys that are there, with their lines, in order of the file. */
  keys(): readonly { readonly name: string; readonly line: number }[] {
    return (this.#map?.items ?? []).map(({ key }) => ({
      name: isScalar(key) ? String(key.value) : '',
      line: lineOf(this.#source, key),
    }));
  }

  /** Where a key of the whole file stands, and its value: `logging.level`, `network.addresses[1]`. */
  place(path: string): YamlPlace {
    return placeOfKey(this.#source, path);
  }

  /** Whether the key is there with a value other than null. */
  has(key: string): boolean {
    return !isNothing(this.#node(key));
  }

  section(key: string): YamlSection {
    return YamlSection.#of(this.#source, this.#node(key), this.#pathOf(key));
  }

  /** Empty when absent or null. */
  text(key: string): string {
    return this.#textOf(this.#node(key), key);
  }

  /** Empty when absent or null. */
  texts(key: string): readonly string[] {
    return this.#items(key).map((node, index) => this.#textOf(node, `${key}[${index}]`));
  }

  /** The mappings of a list, undefined for an item that is none; empty when absent or null. */
  sections(key: string): readonly (YamlSection | undefined)[] {
    return this.#items(key).map((node, index) =>
      isMap(node) ? new YamlSection(this.#source, node, `${this.#pathOf(key)}[${index}]`) : undefined,
    );
  }

  boolean(key: string): boolean {
    const node = this.#node(key);
    if (isNothing(node)) return false;
    if (isScalar(node) && typeof node.value === 'boolean') return node.value;
    const word = isScalar(node) && node.type === 'PLAIN' && typeof node.value === 'string' ? node.value : '';
    if (TRUE_WORDS.has(word)) return true;
    if (FALSE_WORDS.has(word)) return false;
    throw this.#mismatch(node, key, 'boolean');
  }

  /** Milliseconds; 0 when absent or null. */
  durationMs(key: string): number {
    const node = this.#node(key);
    if (isNothing(node)) return 0;
    const milliseconds =
      isScalar(node) && typeof node.value === 'string' ? parseGoDuration(node.value) : undefined;
    if (milliseconds !== undefined) return milliseconds;
    throw this.#mismatch(node, key, 'duration');
  }

  #items(key: string): readonly unknown[] {
    const node = this.#node(key);
    if (isNothing(node)) return [];
    if (isSeq(node)) return node.items;
    throw this.#mismatch(node, key, 'list');
  }

  #textOf(node: unknown, key: string): string {
    if (isNothing(node)) return '';
    if (!isScalar(node)) throw this.#mismatch(node, key, 'text');
    return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  }

  #node(key: string): unknown {
    return this.#map?.get(key, true);
  }

  #pathOf(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }

  #mismatch(node: unknown, key: string, wanted: keyof typeof WANTED): YamlTypeError {
    return mismatch(`${position(this.#source, node)}${this.#pathOf(key)}`, shownWithKind(node), wanted);
  }
}

function mismatch(where: string, fault: string, wanted: keyof typeof WANTED): YamlTypeError {
  return new YamlTypeError(`${where} is ${fault}; ${WANTED[wanted]}`);
}
