import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Scalar } from 'yaml';

const QUOTED_LENGTH_MAX = 10;
const QUOTED_LENGTH_CUT = 7;

/** A parsed file, with the lines of its offsets. */
export interface YamlDocument {
  readonly document: Document;
  readonly lines: LineCounter;
}

/** Whether a key is absent or null. */
export function isNothing(node: unknown): boolean {
  return node === undefined || node === null || (isScalar(node) && node.value === null);
}

/** The type of a node as Go's yaml.v3 names it. */
export function yamlTypeOf(node: unknown): string {
  if (isAlias(node)) return 'an alias';
  if (isMap(node)) return '!!map';
  if (isSeq(node)) return '!!seq';
  const value = isScalar(node) ? node.value : undefined;
  if (typeof value === 'number') return Number.isInteger(value) ? '!!int' : '!!float';
  return typeof value === 'boolean' ? '!!bool' : '!!str';
}

/** The value as Go quotes it, cut short: only for values that cannot be secrets. */
export function quoted(node: unknown): string {
  if (!isScalar(node)) return '';
  const text = (node as Scalar).source ?? String(node.value);
  return ` \`${text.length > QUOTED_LENGTH_MAX ? `${text.slice(0, QUOTED_LENGTH_CUT)}...` : text}\``;
}

/** The place of a node, for the beginning of a message; empty for one that has none. */
export function position(source: YamlDocument, node: unknown): string {
  const offset = offsetOf(node);
  if (offset === undefined) return '';
  const { line, col } = source.lines.linePos(offset);
  return `line ${line}, column ${col}: `;
}

/** Line of a node, from 1; 0 for one that has none. */
export function lineOf(source: YamlDocument, node: unknown): number {
  const offset = offsetOf(node);
  return offset === undefined ? 0 : source.lines.linePos(offset).line;
}

function offsetOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}
