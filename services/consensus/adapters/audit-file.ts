import { z } from 'zod';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { AUDIT_HEADS_KEPT_MAX, AUDIT_KEYS_KEPT_MAX, AUDIT_MEMBERS_MAX } from '../core/core-limits.ts';
import type { SeenAudit, SeenLog, StrangeKey } from '../core/seen-audit.ts';

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
/** `named` is left out where it is false, `consensus_key` where it is unknown: of version 0.2, whose rosters named no audit key, no file has them. */
const logSchema = z.strictObject({
  heads: z.array(head).max(AUDIT_HEADS_KEPT_MAX),
  complaint: z.string(),
  named: z.boolean().default(false),
  consensus_key: hex.optional(),
});
const fileSchema = z.strictObject({
  members: z
    .array(
      logSchema.extend({
        name: z.string(),
        seen_ms: z.number().int().min(0),
        earlier: z.array(logSchema).max(AUDIT_KEYS_KEPT_MAX).default([]),
        strange: z
          .array(z.strictObject({ named: hex, given: hex }))
          .max(AUDIT_KEYS_KEPT_MAX)
          .default([]),
      }),
    )
    .max(AUDIT_MEMBERS_MAX),
});

/** The file `audit-heads.json`: the audit heads of all signers that a member has seen. */
export function auditFileText(seen: ReadonlyMap<string, SeenAudit>): string {
  const members = [...seen].map(([name, { seenMs, earlier, strange, ...newest }]) => ({
    name,
    ...logText(newest),
    seen_ms: seenMs,
    ...(earlier.length === 0 ? {} : { earlier: earlier.map(logText) }),
    ...(strange.length === 0 ? {} : { strange: strange.map(strangeKeyText) }),
  }));
  return `${JSON.stringify({ members }, null, 1)}\n`;
}

function logText({ heads, complaint, isNamed, consensusKey }: SeenLog) {
  const written = heads.map(({ sequence, hash, signature, publicKey }) => ({
    sequence: sequence.toString(),
    hash: toHex(hash),
    signature: toHex(signature),
    public_key: toHex(publicKey),
  }));
  const key = consensusKey === undefined ? {} : { consensus_key: toHex(consensusKey) };
  return { heads: written, complaint, ...(isNamed ? { named: true } : {}), ...key };
}

function strangeKeyText({ named, given }: StrangeKey) {
  return { named: toHex(named), given: toHex(given) };
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
    data.members.map(({ name, seen_ms: seenMs, earlier, strange, ...newest }) => [
      name,
      { ...logOf(newest), seenMs, earlier: earlier.map(logOf), strange },
    ]),
  );
}

function logOf({
  heads,
  complaint,
  named: isNamed,
  consensus_key: consensusKey,
}: z.output<typeof logSchema>): SeenLog {
  return {
    heads: heads.map(({ public_key: publicKey, ...each }) => ({ ...each, publicKey })),
    complaint,
    isNamed,
    consensusKey,
  };
}
