import { isCollection, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { isNothing, lineOf, shownValue, type YamlDocument } from './yaml-node.ts';

/** The place of a key in a file, and what stands there. */
export interface YamlPlace {
  /** From 1: of the value, else of the nearest section around a key that is missing, else 0. */
  readonly line: number;
  /** The value for a message, never all of a key; undefined for a key that is missing or empty. */
  readonly value: string | undefined;
}

/** @param path - Names from the top of the file, and positions in lists: `network.addresses[1]`. */
export function placeOfKey(source: YamlDocument, path: string): YamlPlace {
  const steps = path
    .split(/[.[\]]+/)
    .filter((step) => step !== '')
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  const node: unknown = source.document.getIn(steps, true);
  if (!isNothing(node)) return { line: lineOf(source, node), value: shownValue(node) };
  const around = steps.map((_, left) => lineOfKey(source, steps.slice(0, left))).filter((line) => line > 0);
  return { line: around.at(-1) ?? 0, value: undefined };
}

/** The same in a text of JSON, which is YAML too; line 0 in one that is not. */
export function placeInJson(text: string, path: string): YamlPlace {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  return placeOfKey({ document, lines }, path);
}

/** Line of the name of a section, or of an item of a list; 0 where there is none. */
function lineOfKey(source: YamlDocument, steps: readonly (string | number)[]): number {
  const { document } = source;
  const parent: unknown = steps.length <= 1 ? document.contents : document.getIn(steps.slice(0, -1), true);
  const last = steps.at(-1);
  if (!isCollection(parent) || last === undefined) return 0;
  if (!isMap(parent)) return lineOf(source, parent.get(last, true));
  const pair = parent.items.find(({ key }) => isScalar(key) && key.value === last);
  return pair === undefined ? 0 : lineOf(source, pair.key);
}
