import type { Digest } from '#libs/chain/ids.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import type { SignDecision } from '#libs/custody/decision.ts';
import type { Slot } from '#libs/custody/slot.ts';
import type { EpochRoot } from '#libs/protocol/certificate.ts';
import type { ValidatorFacts, ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { AuditEnd, AuditEntry, AuditRow } from './audit-entry.ts';

/** Who decides in an epoch, and the final block that it starts from. */
export interface EpochFacts {
  readonly set: ValidatorSet;
  readonly root: EpochRoot;
}

/** What comes with a history beside the state that it was merged into. */
export interface AdoptedFacts {
  /** Of the epoch that the history is of. */
  readonly facts: EpochFacts;
  readonly signatureCount: bigint;
}

/** What a record remembers for votes that a node gives by itself. */
export interface AutomaticFacts {
  /** How few members the genesis allows; undefined in a record that was made before it said so. */
  readonly membersMin: number | undefined;
  /** What this key voted for by itself in this epoch. */
  given(epoch: bigint): Digest | undefined;
  /** As the newest epoch before this one knew the key. */
  earlierMember(publicKey: Uint8Array, before: bigint): ValidatorFacts | undefined;
}

/**
 * The durable record of all that the key signed and of every decision. Every method is synchronous, a third of a
 * millisecond, which must not wait behind the signatures on the thread pool (services/signer/README.md R2).
 */
export interface CustodyLedger {
  /** What the record says. */
  state(): CustodyState;

  /** Slots ever taken, the forgotten ones included. */
  signatureCount(): bigint;

  /**
   * Takes a slot: slot, mark, lock, the rest of the next state and the audit row, in one transaction, on disk when it
   * returns. Nothing of the statement may leave the process before.
   */
  record(decision: SignDecision, entry: AuditEntry): void;

  /** Takes over a state that no signature brought about: a session, a quarantine. On disk when it returns. */
  change(next: CustodyState, entry: AuditEntry): void;

  /** What is remembered of votes that this key gave by itself, and for them. */
  readonly automatic: AutomaticFacts;

  /** Takes the one vote of the epoch that needs no person, with its audit row. On disk when it returns. */
  voteAutomatically(next: CustodyState, digest: Digest, entry: AuditEntry): void;

  /** Takes over the state at the beginning of an epoch, its members and the block it starts from. On disk when it returns. */
  advance(next: CustodyState, epoch: EpochFacts, entry: AuditEntry): void;

  /** Takes over a state that another record of this key was merged into. On disk when it returns. */
  adopt(next: CustodyState, adopted: AdoptedFacts, entry: AuditEntry): void;

  /** Adds an audit row. Outlives this process at once, a power cut with the next record. */
  note(entry: AuditEntry): void;

  /** Keeps the signature of a slot that was taken, to give the same bytes again. */
  storeSignature(slot: Slot, signature: Uint8Array): void;

  /** The stored signature; undefined when a crash came between record and signature. */
  signatureIn(slot: Slot): Uint8Array | undefined;

  /** Starts in the rows of the audit log that are kept: fewer than before mean that the record was set back. */
  startCount(): bigint;

  /** End of the audit log. */
  auditEnd(): AuditEnd;

  /** The end as of the newest row that a power cut cannot take: what others may be told. */
  durableAuditEnd(): AuditEnd;

  /** What the oldest row that is kept hangs on. */
  auditStart(): AuditEnd;

  /** Rows after `sequence`, oldest first, at most `limit`. */
  auditRows(sequence: bigint, limit: number): readonly AuditRow[];

  close(): void;
}
