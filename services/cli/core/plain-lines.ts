import { toHex } from '#libs/bytes/hex.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';

/** An object for people: one line for each field, names in one column, arrays and objects as JSON. */
export function plainLines(facts: Readonly<Record<string, unknown>>): string[] {
  const width = Math.max(...Object.keys(facts).map(({ length }) => length)) + 2;
  return Object.entries(facts).map(([name, value]) => `${name.padEnd(width)}${wordOf(value)}`);
}

function wordOf(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (value instanceof Uint8Array) return toHex(value);
  return typeof value === 'string' ? value : jsonText(value);
}
