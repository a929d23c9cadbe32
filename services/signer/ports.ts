import type { SignedSlot } from '#libs/custody/custody-state.ts';
import type { Slot } from '#libs/custody/slot.ts';

/** What the record of this key holds. */
export interface LedgerContent {
  readonly mark: Slot | undefined;
  readonly signed: readonly SignedSlot[];
}

/**
 * The durable record of all that the key signed. Every method is synchronous and returns when the disk has it:
 * a third of a millisecond, which must not wait behind the signatures on the thread pool (signer.md 0.7).
 */
export interface SlotLedger {
  content(): LedgerContent;

  /** Slots ever taken, the forgotten ones included. */
  signatureCount(): bigint;

  /**
   * Takes a slot: slot and mark in one transaction, and forgets the slots of `forgetBelowView`. Nothing of this
   * statement may leave the process before this returns.
   */
  record(signed: SignedSlot, forgetBelowView: bigint): void;

  /** Keeps the signature of a slot that was taken, to give the same bytes again. */
  storeSignature(slot: Slot, signature: Uint8Array): void;

  /** The stored signature; undefined when a crash came between record and signature. */
  signatureIn(slot: Slot): Uint8Array | undefined;

  close(): void;
}
