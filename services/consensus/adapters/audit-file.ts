import { z } from 'zod';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import type { SeenAudit } from '../core/audit-heads.ts';
import { AUDIT_HEADS_KEPT_MAX, AUDIT_MEMBERS_MAX } from '../core/core-limits.ts';

const hex = z.string().transform((text, context) => {
  const bytes = fromHex(text);
  if (bytes !== undefined) return bytes;
  context.addIssue('expected lower-case hex');
  return z.NEVER;
});
const head = z.strictObject({
  sequence: z
    .string()
    .regex(/^\d{1,19}$/)
    .transform(BigInt),
  hash: hex,
  signature: hex,
  public_key: hex,
});
const fileSchema = z.strictObject({
  members: z
    .array(
      z.strictObject({
        name: z.string(),
        heads: z.array(head).max(AUDIT_HEADS_KEPT_MAX),
        seen_ms: z.number().int().min(0),
        complaint: z.string(),
      }),
    )
    .max(AUDIT_MEMBERS_MAX),
});

/** The file `audit-heads.json`: the audit heads of all signers that a member has seen. */
export function auditFileText(seen: ReadonlyMap<string, SeenAudit>): string {
  const members = [...seen].map(([name, { heads, seenMs, complaint }]) => ({
    name,
    heads: heads.map(({ sequence, hash, signature, publicKey }) => ({
      sequence: sequence.toString(),
      hash: toHex(hash),
      signature: toHex(signature),
      public_key: toHex(publicKey),
    })),
    seen_ms: seenMs,
    complaint,
  }));
  return `${JSON.stringify({ members }, null, 1)}\n`;
}

/** Undefined when it is damaged. */
export function parsedAuditFile(text: string): ReadonlyMap<string, SeenAudit> | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { success, data } = fileSchema.safeParse(json);
  if (!success) return undefined;
  return new Map(
    data.members.map(({ name, heads, seen_ms: seenMs, complaint }) => [
      name,
      {
        seenMs,
        complaint,
        heads: heads.map(({ public_key: publicKey, ...each }) => ({ ...each, publicKey })),
      },
    ]),
  );
}
