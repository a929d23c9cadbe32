import { equalBytes } from '#libs/bytes/bytes.ts';
import { toHex } from '#libs/bytes/hex.ts';
import type { Digest } from '#libs/chain/ids.ts';
import { AUDIT_HASH_BYTES, type AuditHead, headBytes } from '#libs/protocol/audit-head.ts';
import { AUDIT_HEADS_KEPT_MAX, AUDIT_MEMBERS_MAX } from './core-limits.ts';

/** Knowledge of the audit log of one member's signer. */
export interface SeenAudit {
  /** Newest last, of rising sequence, all by one audit key: that of the roster, or else that of the first one seen. */
  readonly heads: readonly AuditHead[];
  /** Clock of this member when it saw the newest, milliseconds since 1970. */
  readonly seenMs: number;
  /** The first fault found, which is never cleared: a forked log stays forked for ever. Empty: no fault. */
  readonly complaint: string;
}

export interface AuditHeadsOptions {
  readonly chain: Digest;
  /** Heads seen before this start, by name of the member. */
  readonly restored: ReadonlyMap<string, SeenAudit>;
  readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
  readonly nowMs: () => number;
  /** Something new was seen. */
  readonly onSeen: () => void;
  /** A person must look. */
  readonly onComplaint: (member: string, complaint: string) => void;
}

/** A member as the roster of the epoch has it. */
export interface AuditedMember {
  readonly name: string;
  /** Its consensus key. */
  readonly publicKey: Uint8Array;
  /** Its audit key, where the roster names one: then a head by another key is none of this member. */
  readonly auditKey?: Uint8Array | undefined;
}

/**
 * The heads of the signers' audit logs, as the members report them. A member that rewrites its log, or puts an older
 * record back, then reports a head that cannot follow those that others keep (services/signer/README.md R11). This
 * class only reports the contradiction: people decide what to do.
 */
export class AuditHeads {
  readonly #options: AuditHeadsOptions;
  readonly #seen: Map<string, SeenAudit>;
  /** Members for whom a head by a strange key came: each is said once. */
  readonly #strange = new Set<string>();

  constructor(options: AuditHeadsOptions) {
    this.#options = options;
    this.#seen = new Map(options.restored);
  }

  /** The heads by the name of the member. */
  get seen(): ReadonlyMap<string, SeenAudit> {
    return this.#seen;
  }

  /** @returns false when it is no head of that member: nothing of it counts. */
  heard(member: AuditedMember, head: AuditHead): boolean {
    const { chain, verify } = this.#options;
    const { name, publicKey, auditKey } = member;
    if (head.hash.length !== AUDIT_HASH_BYTES) return false;
    if (!verify(head.publicKey, headBytes({ chain, publicKey }, head), head.signature)) return false;
    if (auditKey !== undefined && !equalBytes(auditKey, head.publicKey)) {
      this.#refuse(name, { named: auditKey, given: head.publicKey });
      return false;
    }
    const known = this.#seen.get(name);
    // What was believed before the roster named a key may have been anybody's.
    const isOurs = known !== undefined && (auditKey === undefined || isBy(auditKey, known));
    if (isOurs) this.#compare(name, known, head);
    else if (known !== undefined || this.#seen.size < AUDIT_MEMBERS_MAX)
      this.#keep(name, { heads: [head], complaint: '' });
    return true;
  }

  #refuse(name: string, { named, given }: Readonly<Record<'named' | 'given', Uint8Array>>): void {
    if (this.#strange.has(name) || this.#strange.size >= AUDIT_MEMBERS_MAX) return;
    this.#strange.add(name);
    const complaint = `the members name its audit key ${toHex(named)}, and a head is signed by ${toHex(given)}: it does not count`;
    this.#options.onComplaint(name, complaint);
  }

  #compare(name: string, { heads, complaint: known }: SeenAudit, head: AuditHead): void {
    const complaint = complaintAbout(heads, head);
    if (complaint === '') {
      const isNew = head.sequence > (heads.at(-1)?.sequence ?? 0n);
      if (isNew) this.#keep(name, { heads: [...heads, head].slice(-AUDIT_HEADS_KEPT_MAX), complaint: known });
    } else if (known === '') {
      this.#keep(name, { heads, complaint });
      this.#options.onComplaint(name, complaint);
    }
  }

  #keep(name: string, seen: Omit<SeenAudit, 'seenMs'>): void {
    this.#seen.set(name, { ...seen, seenMs: this.#options.nowMs() });
    this.#options.onSeen();
  }
}

/** Whether the heads seen are by this key. */
function isBy(auditKey: Uint8Array, { heads }: SeenAudit): boolean {
  return heads.every((head) => equalBytes(head.publicKey, auditKey));
}

/** The contradiction between a head and those seen before it; empty when there is none. */
function complaintAbout(heads: readonly AuditHead[], head: AuditHead): string {
  const newest = heads.at(-1);
  if (newest === undefined) return '';
  if (!equalBytes(newest.publicKey, head.publicKey)) {
    return `its audit key was ${toHex(newest.publicKey)}, and is ${toHex(head.publicKey)}`;
  }
  const same = heads.find(({ sequence }) => sequence === head.sequence);
  if (same !== undefined && !equalBytes(same.hash, head.hash)) {
    return `row ${head.sequence} of its audit log was ${toHex(same.hash)}, and is ${toHex(head.hash)}: the log is forked`;
  }
  if (same === undefined && head.sequence < newest.sequence) {
    return `its audit log had ${newest.sequence} rows, and has ${head.sequence}: its record was set back`;
  }
  return '';
}
