import { equalBytes } from '#libs/bytes/bytes.ts';
import { toHex } from '#libs/bytes/hex.ts';
import type { AuditHead } from '#libs/protocol/audit-head.ts';
import { AUDIT_KEYS_KEPT_MAX } from './core-limits.ts';

/** Knowledge of the log of one consensus key under one audit key. */
export interface SeenLog {
  /** Newest last, of rising sequence, all by one audit key. */
  readonly heads: readonly AuditHead[];
  /** The first fault found, which is never cleared: a forked log stays forked for ever. Empty: no fault. */
  readonly complaint: string;
  /** Whether a roster named its key for the member. Else it may be anybody's, who was heard first. */
  readonly isNamed: boolean;
  /** The key whose signatures it is about. Undefined where no roster named its audit key, or it was seen by version 0.2. */
  readonly consensusKey: Uint8Array | undefined;
}

/** The keys of a member by its roster. */
interface RosterKeys {
  readonly auditKey: Uint8Array;
  readonly consensusKey: Uint8Array;
}

/** A head for a member by a key that is not the one which the roster names. */
export interface StrangeKey {
  readonly named: Uint8Array;
  readonly given: Uint8Array;
}

/** Knowledge of the audit logs of one member: that of its keys of today, and those of keys that it had. */
export interface SeenAudit extends SeenLog {
  /** Clock of this member when it saw the newest head, milliseconds since 1970. */
  readonly seenMs: number;
  /** Under keys that gave way to the one that a later roster names, oldest first. */
  readonly earlier: readonly SeenLog[];
  /** The first strange key beside each key that was named, oldest first. */
  readonly strange: readonly StrangeKey[];
}

const NO_LOG: SeenLog = { heads: [], complaint: '', isNamed: false, consensusKey: undefined };

/** A member of whom nothing was heard. */
export const UNSEEN: SeenAudit = { ...NO_LOG, seenMs: 0, earlier: [], strange: [] };

/**
 * The same knowledge with the log of the keys that the roster names in front. A new consensus key begins a log anew, under the same
 * audit key: no row of it follows the log of the key before.
 */
export function underKeys(seen: SeenAudit, keys: RosterKeys): SeenAudit {
  const { consensusKey } = keys;
  if (isOf(keys, seen)) return isKnown(seen) ? seen : { ...seen, isNamed: true, consensusKey };
  const { earlier, seenMs: _, strange: __, ...before } = seen;
  const log = earlier.find((each) => isOf(keys, each)) ?? NO_LOG;
  const others = [...earlier.filter((each) => each !== log), before];
  return { ...seen, ...log, isNamed: true, consensusKey, earlier: bounded(others) };
}

/** The consensus keys whose logs are known: a bounded number. */
export function consensusKeysOf(seen: SeenAudit): readonly Uint8Array[] {
  return [seen, ...seen.earlier].flatMap(({ consensusKey }) => consensusKey ?? []);
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
export function complaintsOf({ heads, complaint, earlier, strange }: SeenAudit): string {
  const before = earlier.filter((each) => each.isNamed && each.complaint !== '');
  return [
    ...(complaint === '' ? [] : [complaint]),
    ...before.map((each) => `${placeText(each, heads)}: ${each.complaint}`),
    ...strange.map(strangeText),
  ].join('; ');
}

export function strangeText({ named, given }: StrangeKey): string {
  return `the members name its audit key ${toHex(named)}, and a head is signed by ${toHex(given)}: it does not count`;
}

function placeText({ heads, consensusKey }: SeenLog, today: readonly AuditHead[]): string {
  const key = toHex(heads.at(-1)?.publicKey ?? new Uint8Array());
  const [head] = today;
  if (consensusKey === undefined || head === undefined || toHex(head.publicKey) !== key)
    return `under its earlier audit key ${key}`;
  return `in the log of its earlier key ${toHex(consensusKey)}`;
}

/** Whether it is, or may be, the log of these keys. */
function isOf({ auditKey, consensusKey }: RosterKeys, log: SeenLog): boolean {
  const isOfKey = log.consensusKey === undefined || equalBytes(log.consensusKey, consensusKey);
  return isOfKey && isBy(auditKey, log);
}

function isKnown({ isNamed, consensusKey }: SeenLog): boolean {
  return isNamed && consensusKey !== undefined;
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
