import { z } from 'zod';
import { toHex } from '#libs/bytes/hex.ts';
import { toDigest } from '#libs/chain/ids.ts';
import type { AuditOutcome, AuditRow } from './rules/audit-entry.ts';

const rowSchema = z.object({
  sequence: z.bigint(),
  at_ms: z.bigint(),
  outcome: z.string().transform((text) => text as AuditOutcome),
  session: z.bigint(),
  epoch: z.bigint(),
  instance: z.bigint(),
  view: z.bigint(),
  kind: z.string(),
  digest: z.instanceof(Uint8Array),
  hash: z.instanceof(Uint8Array),
});

/** Rows of the table `audit`, as SQLite gives them with its integers read as bigints. @throws for one of another form. */
export function auditRowsOf(rows: readonly unknown[]): readonly AuditRow[] {
  return z.array(rowSchema).parse(rows).map(rowOf);
}

function rowOf({ at_ms: atMs, digest, ...row }: z.output<typeof rowSchema>): AuditRow {
  return { ...row, atMs, digest: toDigest(toHex(digest)) };
}
