import type { Digest } from '#libs/chain/ids.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import type { SignDecision } from '#libs/custody/decision.ts';
import type { EpochRoot } from '#libs/protocol/certificate.ts';
import type { KeySignature } from '#libs/protocol/signed.ts';
import type { ValidatorFacts, ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { Slot } from '#libs/protocol/vote/slot.ts';
import type { AuditEnd, AuditEntry, AuditRow } from './audit-entry.ts';

/** The members of an epoch, and the final block that it starts from. */
export interface EpochBasis {
  readonly set: ValidatorSet;
  readonly root: EpochRoot;
}

/** The facts that come with a merged history beside its state. */
export interface AdoptedFacts {
  /** Facts of the epoch that the history belongs to. */
  readonly facts: EpochBasis;
  readonly signatureCount: bigint;
}

/** A record's memory for votes that a node gives by itself. */
export interface AutomaticFacts {
  /** The smallest number of members that the genesis allows; undefined in a record made before it held that number. */
  readonly membersMin: number | undefined;
  /** The change that this key voted for by itself in this epoch. */
  given(epoch: bigint): Digest | undefined;
  /** The member as the newest epoch before `before` knew the key. */
  earlierMember(publicKey: Uint8Array, before: bigint): ValidatorFacts | undefined;
}

/**
 * The durable record of all that the key signed and of every decision. Every method is synchronous, a third of a
 * millisecond, which must not wait behind the signatures on the thread pool (services/signer/README.md R2).
 */
export interface CustodyLedger {
  /** The state in the record. */
  state(): CustodyState;

  /** Slots ever taken, the forgotten ones included. */
  signatureCount(): bigint;

  /**
   * Takes a slot: slot, mark, lock, the rest of the next state and the audit row, in one transaction, on disk when it
   * returns. Nothing of the statement may leave the process before.
   */
  record(decision: SignDecision, entry: AuditEntry): void;

  /**
   * The work that a record leaves behind and no signature rests on: the mirror, slots to be forgotten, a log that has grown. Called
   * while a core makes the signature, before it can leave. Outlives this process at once.
   */
  tidy(): void;

  /** Writes a state that no signature brought about: a session, a quarantine. On disk when it returns. */
  change(next: CustodyState, entry: AuditEntry): void;

  /** The memory for votes that this key gave, or may give, by itself. */
  readonly automatic: AutomaticFacts;

  /** Takes the one vote of the epoch that needs no person, with its audit row. On disk when it returns. */
  voteAutomatically(next: CustodyState, digest: Digest, entry: AuditEntry): void;

  /**
   * Writes the state at the beginning of an epoch, its members and the block it starts from. On disk when it returns.
   */
  advance(next: CustodyState, epoch: EpochBasis, entry: AuditEntry): void;

  /** Writes a state that another record of this key was merged into. On disk when it returns. */
  adopt(next: CustodyState, adopted: AdoptedFacts, entry: AuditEntry): void;

  /** Adds an audit row. Outlives this process at once, a power cut with the next record. */
  note(entry: AuditEntry): void;

  /** Keeps the signature of a slot that was taken, with the key that made it, to give the same bytes again. */
  storeSignature(slot: Slot, signed: KeySignature): void;

  /** The stored signature; undefined when a crash came between record and signature. */
  signatureIn(slot: Slot): KeySignature | undefined;

  /** Starts in the rows of the audit log that are kept: fewer than before mean that the record was set back. */
  startCount(): bigint;

  /** End of the audit log. */
  auditEnd(): AuditEnd;

  /** The end after the newest row that a power cut cannot take: the end that others may hear of. */
  durableAuditEnd(): AuditEnd;

  /** The end that the oldest kept row follows. */
  auditStart(): AuditEnd;

  /** Rows after `sequence`, oldest first, at most `limit`. */
  auditRows(sequence: bigint, limit: number): readonly AuditRow[];

  close(): void;
}
