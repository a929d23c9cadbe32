import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';

/** Rows of chain.db that belong to the final block of a height. */
const ROWS = {
  certificate: { column: 'content', where: 'digest = (SELECT certificate FROM final WHERE height = ?)' },
  block: { column: 'transactions', where: 'id = (SELECT block FROM final WHERE height = ?)' },
} as const;

/** The first of these heights whose block was decided by a certificate of its own, and not by that of a block above. */
export function certifiedHeight(path: string, heights: readonly bigint[]): bigint {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const { where } = ROWS.certificate;
    const found = heights.find((height) =>
      db.prepare(`SELECT 1 FROM certificate WHERE ${where}`).get(height),
    );
    return found ?? assert.fail(`none of the blocks ${heights.join(', ')} has a certificate of its own`);
  } finally {
    db.close();
  }
}

/** Flips one bit in the middle of the stored final block of `height`: SQLite itself notices nothing. */
export function flipBit(path: string, table: keyof typeof ROWS, height: bigint): void {
  const { column, where } = ROWS[table];
  const db = new DatabaseSync(path);
  try {
    const content = db.prepare(`SELECT ${column} AS content FROM ${table} WHERE ${where}`).get(height)?.[
      'content'
    ];
    assert.ok(content instanceof Uint8Array, `block ${height} has a ${table} of its own`);
    const at = content.length >> 1;
    content[at] = (content[at] ?? 0) ^ 1;
    db.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${where}`).run(content, height);
  } finally {
    db.close();
  }
}
