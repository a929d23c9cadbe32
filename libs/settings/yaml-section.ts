import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { parseGoDuration } from './go-duration.ts';

const TRUE_WORDS = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']);
const FALSE_WORDS = new Set(['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']);
const QUOTED_LENGTH_MAX = 10;
const QUOTED_LENGTH_CUT = 7;

/** A YAML value of the wrong type. The message has the position and never a secret. */
export class YamlTypeError extends Error {
  override readonly name = 'YamlTypeError';
}

interface Source {
  readonly document: Document;
  readonly lines: LineCounter;
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
  readonly #source: Source;
  readonly #map: YAMLMap | undefined;
  readonly #path: string;

  private constructor(source: Source, map: YAMLMap | undefined, path: string) {
    this.#source = source;
    this.#map = map;
    this.#path = path;
  }

  static root(source: Source): YamlSection {
    return YamlSection.#of(source, source.document.contents, '');
  }

  static #of(source: Source, node: unknown, path: string): YamlSection {
    if (isNothing(node)) return new YamlSection(source, undefined, path);
    if (isMap(node)) return new YamlSection(source, node, path);
    throw new YamlTypeError(
      `${position(source, node)}cannot unmarshal ${tagOf(node)} into a mapping (${path === '' ? 'the file' : path})`,
    );
  }

  /** Names of the keys that are there, with their lines, in order of the file. */
  keys(): readonly { readonly name: string; readonly line: number }[] {
    return (this.#map?.items ?? []).map(({ key }) => ({
      name: isScalar(key) ? String(key.value) : '',
      line: lineOf(this.#source, key),
    }));
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
    throw this.#mismatch(node, key, 'bool', quoted(node));
  }

  /** Milliseconds; 0 when absent or null. */
  durationMs(key: string): number {
    const node = this.#node(key);
    if (isNothing(node)) return 0;
    const milliseconds =
      isScalar(node) && typeof node.value === 'string' ? parseGoDuration(node.value) : undefined;
    if (milliseconds !== undefined) return milliseconds;
    throw this.#mismatch(node, key, 'time.Duration', quoted(node));
  }

  #items(key: string): readonly unknown[] {
    const node = this.#node(key);
    if (isNothing(node)) return [];
    if (isSeq(node)) return node.items;
    throw this.#mismatch(node, key, 'a list');
  }

  #textOf(node: unknown, key: string): string {
    if (isNothing(node)) return '';
    if (!isScalar(node)) throw this.#mismatch(node, key, 'string');
    return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  }

  #node(key: string): unknown {
    return this.#map?.get(key, true);
  }

  #pathOf(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }

  #mismatch(node: unknown, key: string, wanted: string, value = ''): YamlTypeError {
    const at = position(this.#source, node);
    return new YamlTypeError(
      `${at}cannot unmarshal ${tagOf(node)}${value} into ${wanted} (${this.#pathOf(key)})`,
    );
  }
}

function isNothing(node: unknown): boolean {
  return node === undefined || node === null || (isScalar(node) && node.value === null);
}

function tagOf(node: unknown): string {
  if (isAlias(node)) return 'an alias';
  if (isMap(node)) return '!!map';
  if (isSeq(node)) return '!!seq';
  const value = isScalar(node) ? node.value : undefined;
  if (typeof value === 'number') return Number.isInteger(value) ? '!!int' : '!!float';
  return typeof value === 'boolean' ? '!!bool' : '!!str';
}

/** The value as Go quotes it, cut short: only for values that cannot be secrets. */
function quoted(node: unknown): string {
  if (!isScalar(node)) return '';
  const text = (node as Scalar).source ?? String(node.value);
  return ` \`${text.length > QUOTED_LENGTH_MAX ? `${text.slice(0, QUOTED_LENGTH_CUT)}...` : text}\``;
}

function position(source: Source, node: unknown): string {
  const offset = offsetOf(node);
  if (offset === undefined) return '';
  const { line, col } = source.lines.linePos(offset);
  return `line ${line}, column ${col}: `;
}

function lineOf(source: Source, node: unknown): number {
  const offset = offsetOf(node);
  return offset === undefined ? 0 : source.lines.linePos(offset).line;
}

function offsetOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}
