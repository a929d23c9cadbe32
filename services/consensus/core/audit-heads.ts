import { equalBytes } from '#libs/bytes/bytes.ts';
import { toHex } from '#libs/bytes/hex.ts';
import type { Digest } from '#libs/chain/ids.ts';
import { AUDIT_HASH_BYTES, type AuditHead, headBytes } from '#libs/protocol/audit-head.ts';
import { AUDIT_HEADS_KEPT_MAX, AUDIT_MEMBERS_MAX } from './core-limits.ts';
import {
  consensusKeysOf,
  type SeenAudit,
  type StrangeKey,
  strangeText,
  UNSEEN,
  underKeys,
  withStrange,
} from './seen-audit.ts';

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

interface HeardHead {
  readonly member: AuditedMember;
  readonly head: AuditHead;
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
  heard(member: AuditedMember, head: AuditHead): boolean {
    const { name, publicKey, auditKey } = member;
    if (head.hash.length !== AUDIT_HASH_BYTES) return false;
    const known = this.#seen.get(name) ?? UNSEEN;
    // A head from before a rotation may come behind the epoch that ended it: it is no fault, and says nothing of the log of today.
    if (!this.#isOf(publicKey, head))
      return consensusKeysOf(known).some((earlier) => this.#isOf(earlier, head));
    if (auditKey !== undefined && !equalBytes(auditKey, head.publicKey)) {
      this.#refuse(name, known, { named: auditKey, given: head.publicKey });
      return false;
    }
    if (this.#hasRoom(name)) this.#compare(name, known, { member, head });
    return true;
  }

  #isOf(publicKey: Uint8Array, head: AuditHead): boolean {
    const { chain, verify } = this.#options;
    return verify(head.publicKey, headBytes({ chain, publicKey }, head), head.signature);
  }

  #hasRoom(name: string): boolean {
    return this.#seen.has(name) || this.#seen.size < AUDIT_MEMBERS_MAX;
  }

  #refuse(name: string, known: SeenAudit, key: StrangeKey): void {
    const next = this.#hasRoom(name) ? withStrange(known, key) : undefined;
    if (next === undefined) return;
    this.#keep(name, next);
    this.#options.onComplaint(name, strangeText(key));
  }

  #compare(name: string, known: SeenAudit, { member, head }: HeardHead): void {
    const { auditKey, publicKey: consensusKey } = member;
    const log = auditKey === undefined ? known : underKeys(known, { auditKey, consensusKey });
    const fault = complaintAbout(log.heads, head);
    const isNewFault = fault !== '' && log.complaint === '';
    const newest = log.heads.at(-1)?.sequence;
    const isNewest = fault === '' && (newest === undefined || head.sequence > newest);
    const heads = isNewest ? [...log.heads, head].slice(-AUDIT_HEADS_KEPT_MAX) : log.heads;
    const complaint = isNewFault ? fault : log.complaint;
    if (isNewest || isNewFault || log !== known)
      this.#keep(name, { ...log, heads, complaint, seenMs: this.#options.nowMs() });
    if (isNewFault) this.#options.onComplaint(name, fault);
  }

  #keep(name: string, seen: SeenAudit): void {
    this.#seen.set(name, seen);
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
