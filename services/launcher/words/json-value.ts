import { toHex } from '#libs/bytes/hex.ts';

/**
 * A value of the API as JSON has it: bytes as lower-case hex, and 64-bit numbers as numbers while those are exact
 * and as decimal text beyond. Fields that are undefined are left out.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(plain(value));
}

/** Walks the value itself: a replacer of JSON.stringify comes too late for a Buffer, which describes itself. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === 'bigint') return exactNumber(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

function exactNumber(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
