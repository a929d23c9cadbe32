import type { SQLOutputValue } from 'node:sqlite';
import { assert } from '#libs/assert/assert.ts';

/**
 * One row as SQLite gives it. STRICT tables hold values of the declared types; these functions check them once more.
 */
export type Row = Readonly<Record<string, SQLOutputValue>>;

export function blobOf(row: Row, column: string): Uint8Array {
  const value = row[column];
  assert(value instanceof Uint8Array, `${column} is not a BLOB`);
  return value;
}

export function bigintOf(row: Row, column: string): bigint {
  const value = row[column];
  assert(typeof value === 'bigint' || typeof value === 'number', `${column} is not an INTEGER`);
  return BigInt(value);
}

export function textOf(row: Row, column: string): string {
  const value = row[column];
  assert(typeof value === 'string', `${column} is not TEXT`);
  return value;
}
