import { isMap, isNode, isScalar, isSeq, type YAMLMap } from 'yaml';
import { YAML_KEYS_MAX } from './limits.ts';

/** A fault of a key, and its position in the text. */
export interface KeyFault {
  readonly offset: number;
  readonly problem: 'duplicate' | 'too-many';
}

/**
 * The first key of a document that its mapping has twice, or one too many of; undefined when all are well. The parser
 * compares each key with all before it, which takes minutes for a megabyte of keys; it is told not to.
 */
export function keyFault(root: unknown): KeyFault | undefined {
  const left = [root];
  while (left.length > 0) {
    const node = left.pop();
    const fault = isMap(node) ? faultIn(node) : undefined;
    if (fault !== undefined) return fault;
    // The last first, so that nodes come in the order of the text.
    for (const child of childrenOf(node).toReversed()) left.push(child);
  }
  return undefined;
}

function childrenOf(node: unknown): readonly unknown[] {
  if (isMap(node)) return node.items.flatMap(({ key, value }) => [key, value]);
  return isSeq(node) ? node.items : [];
}

/** Keys that are no scalars are of no use to us, and like no other. */
function faultIn({ items }: YAMLMap): KeyFault | undefined {
  const seen = new Set<unknown>();
  for (const [index, { key }] of items.entries()) {
    const offset = (isNode(key) && key.range?.[0]) || 0;
    if (index >= YAML_KEYS_MAX) return { offset, problem: 'too-many' };
    if (!isScalar(key)) continue;
    if (seen.has(key.value)) return { offset, problem: 'duplicate' };
    seen.add(key.value);
  }
  return undefined;
}
