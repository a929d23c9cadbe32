/**
 * A value in words, so that two are equal exactly if their words are: maps and sets in their order, bytes, numbers of any
 * size. Functions are told by their name alone, and an object within itself by that.
 */
export function canonicalText(value: unknown): string {
  const parts: string[] = [];
  write(value, parts, new Set());
  return parts.join('');
}

function write(value: unknown, parts: string[], above: Set<object>): void {
  if (typeof value === 'bigint') parts.push(`${value}n`);
  else if (typeof value === 'function') parts.push(`function ${value.name}`);
  else if (typeof value !== 'object' || value === null) parts.push(JSON.stringify(value) ?? 'undefined');
  else if (above.has(value)) parts.push('above');
  else {
    above.add(value);
    writeObject(value, parts, above);
    above.delete(value);
  }
}

function writeObject(value: object, parts: string[], above: Set<object>): void {
  if (value instanceof Uint8Array) {
    parts.push(`bytes ${value.join()}`);
    return;
  }
  parts.push(value instanceof Map ? 'map{' : value instanceof Set ? 'set{' : '{');
  for (const [key, each] of entriesOf(value)) {
    write(key, parts, above);
    parts.push(':');
    write(each, parts, above);
    parts.push(',');
  }
  parts.push('}');
}

function entriesOf(value: object): Iterable<readonly [unknown, unknown]> {
  if (value instanceof Map || value instanceof Set) return value.entries();
  return Object.entries(value);
}
