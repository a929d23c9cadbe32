import { z } from 'zod';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { toDigest } from '#libs/chain/ids.ts';
import type { AuditHead } from '#libs/protocol/audit-head.ts';
import type { AuditEnd, AuditOutcome, AuditRow } from './rules/audit-entry.ts';

/**
 * An exported audit log: JSON, one object a line. First the owner and the hash that the first row hangs on,
 * then the rows, then the end, signed by the audit key. Integers are strings, bytes hex.
 */
export const AUDIT_FORMAT = 'btcfed/audit-log/v1';

const HASH_DIGITS = 64;

const count = z
  .string()
  .regex(/^\d{1,19}$/)
  .transform(BigInt);
const bytes = z.string().transform((text, context) => {
  const found = fromHex(text);
  if (found !== undefined) return found;
  context.addIssue('expected lower-case hex');
  return z.NEVER;
});
const digest = z
  .string()
  .regex(new RegExp(`^[0-9a-f]{${HASH_DIGITS}}$`))
  .transform(toDigest);

export const auditFirstLine = z.strictObject({
  format: z.literal(AUDIT_FORMAT),
  chain_digest: digest,
  public_key: bytes,
  after: z.strictObject({ sequence: count, hash: bytes }),
});
export const auditRowLine = z.strictObject({
  sequence: count,
  at_ms: count,
  outcome: z.string().transform((text) => text as AuditOutcome),
  session: count,
  epoch: count,
  instance: count,
  view: count,
  kind: z.string(),
  digest,
  hash: bytes,
});
export const auditLastLine = z.strictObject({
  head: z.strictObject({ sequence: count, hash: bytes, signature: bytes, audit_key: bytes }),
});

export function firstLineText(
  owner: { readonly chain: string; readonly publicKey: Uint8Array },
  { sequence, hash }: AuditEnd,
): string {
  const after = { sequence: sequence.toString(), hash: toHex(hash) };
  return JSON.stringify({
    format: AUDIT_FORMAT,
    chain_digest: owner.chain,
    public_key: toHex(owner.publicKey),
    after,
  });
}

export function rowText(row: AuditRow): string {
  const { sequence, atMs, outcome, session, epoch, instance, view, kind, digest: about, hash } = row;
  return JSON.stringify({
    sequence: sequence.toString(),
    at_ms: atMs.toString(),
    outcome,
    session: session.toString(),
    epoch: epoch.toString(),
    instance: instance.toString(),
    view: view.toString(),
    kind,
    digest: about,
    hash: toHex(hash),
  });
}

export function lastLineText({ sequence, hash, signature, publicKey }: AuditHead): string {
  const head = { sequence: sequence.toString(), hash: toHex(hash), signature: toHex(signature) };
  return JSON.stringify({ head: { ...head, audit_key: toHex(publicKey) } });
}
