import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter } from 'yaml';

/** A longer text may be a key in the wrong place: the shortest, in base64, has 44 characters. */
const SHOWN_LENGTH_MAX = 32;
const SHOWN_LENGTH_CUT = 8;

/** A parsed file, with the lines of its offsets. */
export interface YamlDocument {
  readonly document: Document;
  readonly lines: LineCounter;
}

/** Whether a key is absent or null. */
export function isNothing(node: unknown): boolean {
  return node === undefined || node === null || (isScalar(node) && node.value === null);
}

/** A value as a person reads it back in a message: `"loud"`, `10`, `a list`. Never all of a key. */
export function shownValue(node: unknown): string {
  if (isAlias(node)) return 'an alias';
  if (isMap(node)) return 'a section with keys of its own';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node)) return 'nothing';
  const text = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  const shown = text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_CUT)}…` : text;
  return typeof node.value === 'string' ? JSON.stringify(shown) : shown;
}

/** The same behind its kind, where the kind is the fault: `the text "yes"`, `the number 10`. */
export function shownWithKind(node: unknown): string {
  const value = isScalar(node) ? node.value : undefined;
  const kind = typeof value === 'number' ? 'the number ' : typeof value === 'string' ? 'the text ' : '';
  return kind + shownValue(node);
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
