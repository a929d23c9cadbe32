import { equalBytes } from '#libs/bytes/bytes.ts';
import { toHex } from '#libs/bytes/hex.ts';
import type { AuditHead } from '#libs/protocol/audit-head.ts';
import { AUDIT_KEYS_KEPT_MAX } from './core-limits.ts';

/** Knowledge of the log under one audit key. */
export interface SeenLog {
  /** Newest last, of rising sequence, all by one audit key. */
  readonly heads: readonly AuditHead[];
  /** The first fault found, which is never cleared: a forked log stays forked for ever. Empty: no fault. */
  readonly complaint: string;
  /** Whether a roster named its key for the member. Else it may be anybody's, who was heard first. */
  readonly isNamed: boolean;
}

/** A head for a member by a key that is not the one which the roster names. */
export interface StrangeKey {
  readonly named: Uint8Array;
  readonly given: Uint8Array;
}

/** Knowledge of the audit logs of one member: that of its audit key of today, and those of keys that it had. */
export interface SeenAudit extends SeenLog {
  /** Clock of this member when it saw the newest head, milliseconds since 1970. */
  readonly seenMs: number;
  /** Under keys that gave way to the one that a later roster names, oldest first. */
  readonly earlier: readonly SeenLog[];
  /** The first strange key beside each key that was named, oldest first. */
  readonly strange: readonly StrangeKey[];
}

const NO_LOG: SeenLog = { heads: [], complaint: '', isNamed: false };

/** A member of whom nothing was heard. */
export const UNSEEN: SeenAudit = { ...NO_LOG, seenMs: 0, earlier: [], strange: [] };

/** The same knowledge with the log of the key that the roster names in front. */
export function underKey(seen: SeenAudit, auditKey: Uint8Array): SeenAudit {
  if (isBy(auditKey, seen)) return seen.isNamed ? seen : { ...seen, isNamed: true };
  const { heads, complaint, isNamed, earlier } = seen;
  const log = earlier.find((each) => isBy(auditKey, each)) ?? NO_LOG;
  const others = [...earlier.filter((each) => each !== log), { heads, complaint, isNamed }];
  return { ...seen, ...log, isNamed: true, earlier: bounded(others) };
}

/** The same knowledge with a strange key; undefined when one is known beside the key that is named now. */
export function withStrange(seen: SeenAudit, key: StrangeKey): SeenAudit | undefined {
  if (seen.strange.some(({ named }) => equalBytes(named, key.named))) return undefined;
  return { ...seen, strange: [...seen.strange, key].slice(-AUDIT_KEYS_KEPT_MAX) };
}

/**
 * All that a person must look at, in words; empty when there is nothing. A log under an earlier key that no roster ever
 * named may be a forger's, and says nothing of the member.
 */
export function complaintsOf({ complaint, earlier, strange }: SeenAudit): string {
  const before = earlier.filter((each) => each.isNamed && each.complaint !== '');
  return [
    ...(complaint === '' ? [] : [complaint]),
    ...before.map(({ heads, complaint: said }) => `under its earlier audit key ${keyText(heads)}: ${said}`),
    ...strange.map(strangeText),
  ].join('; ');
}

export function strangeText({ named, given }: StrangeKey): string {
  return `the members name its audit key ${toHex(named)}, and a head is signed by ${toHex(given)}: it does not count`;
}

function keyText(heads: readonly AuditHead[]): string {
  return toHex(heads.at(-1)?.publicKey ?? new Uint8Array());
}

/** Whether all heads of a log are by this key. */
function isBy(auditKey: Uint8Array, { heads }: SeenLog): boolean {
  return heads.every((head) => equalBytes(head.publicKey, auditKey));
}

/** As many logs as are kept: the oldest without a complaint goes first. */
function bounded(logs: readonly SeenLog[]): readonly SeenLog[] {
  if (logs.length <= AUDIT_KEYS_KEPT_MAX) return logs;
  const leaving = logs.find(({ complaint }) => complaint === '') ?? logs[0];
  return logs.filter((each) => each !== leaving);
}
