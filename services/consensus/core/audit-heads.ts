import { equalBytes } from '#libs/bytes/bytes.ts';
import { toHex } from '#libs/bytes/hex.ts';
import type { Digest } from '#libs/chain/ids.ts';
import { AUDIT_HASH_BYTES, type AuditHead, headBytes } from '#libs/protocol/audit-head.ts';
import { AUDIT_HEADS_KEPT_MAX, AUDIT_MEMBERS_MAX } from './core-limits.ts';

/** Knowledge of the audit log of one member's signer. */
export interface SeenAudit {
  /** Newest last, of rising sequence; the first one seen fixed the audit key. */
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

/**
 * The heads of the signers' audit logs, as the members report them. A member that rewrites its log, or puts an older
 * record back, then reports a head that cannot follow those that others keep (services/signer/README.md R11). This
 * class only reports the contradiction: people decide what to do.
 */
export class AuditHeads {
  readonly #options: AuditHeadsOptions;
  readonly #seen: Map<string, SeenAudit>;

  constructor(options: AuditHeadsOptions) {
    this.#options = options;
    this.#seen = new Map(options.restored);
  }

  /** The heads by the name of the member. */
  get seen(): ReadonlyMap<string, SeenAudit> {
    return this.#seen;
  }

  /** @returns false when it is no head of that member: nothing of it counts. */
  heard(member: { readonly name: string; readonly publicKey: Uint8Array }, head: AuditHead): boolean {
    const { chain, verify } = this.#options;
    const { name, publicKey } = member;
    if (head.hash.length !== AUDIT_HASH_BYTES) return false;
    if (!verify(head.publicKey, headBytes({ chain, publicKey }, head), head.signature)) return false;
    const known = this.#seen.get(name);
    if (known !== undefined) this.#compare(name, known, head);
    else if (this.#seen.size < AUDIT_MEMBERS_MAX) this.#keep(name, { heads: [head], complaint: '' });
    return true;
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
