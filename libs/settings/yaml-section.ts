import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { parseGoDuration } from './go-duration.ts';
import { isNothing, lineOf, position, quoted, type YamlDocument, yamlTypeOf } from './yaml-node.ts';

const TRUE_WORDS = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']);
const FALSE_WORDS = new Set(['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']);
/** A YAML value of the wrong type. The message has the position and never a secret. */
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
    throw new YamlTypeError(
      `${position(source, node)}cannot unmarshal ${yamlTypeOf(node)} into a mapping (${path === '' ? 'the file' : path})`,
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
      `${at}cannot unmarshal ${yamlTypeOf(node)}${value} into ${wanted} (${this.#pathOf(key)})`,
    );
  }
}
