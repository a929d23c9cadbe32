import type { Digest, View } from '#libs/chain/ids.ts';
import type { Mark, Slot } from '#libs/protocol/vote/slot.ts';
import type { CustodyState } from './custody-state.ts';
import type { RefusalReason } from './refusal-reason.ts';

/** The numbers behind a refusal: enough for a log line that is a diagnosis. */
export interface RefusalFacts {
  readonly slot: Slot;
  readonly mark: Mark | undefined;
  /** The requested digest. */
  readonly wanted: Digest;
  /** Digest that holds the slot, where it is remembered. */
  readonly signed: Digest | undefined;
  readonly lockView: View | undefined;
  readonly provenView: View;
}

/** Sign it, once `nextState` is durable. */
export interface SignDecision {
  readonly kind: 'sign';
  readonly slot: Slot;
  /** SHA-256 of `message`. */
  readonly digest: Digest;
  /** The signing bytes. */
  readonly message: Uint8Array;
  readonly nextState: CustodyState;
}

/** This very statement was recorded before: its signature is given again, or made if a crash lost it. */
export interface RepeatDecision {
  readonly kind: 'repeat';
  readonly slot: Slot;
  readonly digest: Digest;
  readonly message: Uint8Array;
}

/** Signing it could make this key contradict itself, or help a fork. */
export interface RefuseDecision {
  readonly kind: 'refuse';
  readonly reason: RefusalReason;
  readonly facts: RefusalFacts;
}

export type Decision = SignDecision | RepeatDecision | RefuseDecision;
