import { sha256Hex } from '../bytes/sha256.ts';
import type { Digest, Epoch } from '../chain/ids.ts';
import { toDigest } from '../chain/ids.ts';
import { type Statement, signingBytes } from '../protocol/statement.ts';
import { type CustodyState, digestIn, stateAfter } from './custody-state.ts';
import { compareSlots, type Slot, slotOf } from './slot.ts';

type RefusalReason = 'CONFLICTING_SLOT' | 'STALE_SLOT' | 'WRONG_EPOCH';

/** The numbers behind a refusal: enough for a log line that is a diagnosis. */
interface RefusalFacts {
  readonly slot: Slot;
  readonly mark: Slot;
  /** Digest asked for. */
  readonly wanted: Digest;
  /** Digest that holds the slot, where it is remembered. */
  readonly signed: Digest | undefined;
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

/** Signing it could make this key contradict itself. */
export interface RefuseDecision {
  readonly kind: 'refuse';
  readonly reason: RefusalReason;
  readonly facts: RefusalFacts;
}

export type Decision = SignDecision | RepeatDecision | RefuseDecision;

/**
 * Decides whether signing `statement` could ever make this key contradict itself (signer.md 3.2 G2, G8 and
 * 3.3 rule 1), in this order:
 *
 * 1. An epoch below the mark's is over: WRONG_EPOCH, also for what was signed in it.
 * 2. A slot that holds this digest: repeat. One that holds another: CONFLICTING_SLOT.
 * 3. A slot at or below the mark: STALE_SLOT. So after a timeout nothing new of that view or an earlier one.
 * 4. Anything else is signed, after the caller made `nextState` durable: a signature that leaves the process
 *    and is then forgotten is the one mistake that consensus cannot absorb.
 *
 * Rules 2 to 7 of signer.md 3.3 judge the certificates that justify a statement. They are not here yet: they
 * need the certificates in the request, and belong between 3 and 4. Until then a caller can waste this key's
 * views, and can make it vote against its lock, but never make it sign two statements for one slot.
 */
export function decide(state: CustodyState, statement: Statement, epoch: Epoch): Decision {
  const slot = slotOf(statement, epoch);
  const message = signingBytes({ chain: state.chain, protocol: state.protocol, epoch }, statement);
  const digest = toDigest(sha256Hex(message));
  const { mark } = state;
  if (mark !== undefined) {
    const signed = digestIn(state, slot);
    if (epoch < mark.epoch) return refuse('WRONG_EPOCH', { slot, mark, wanted: digest, signed });
    if (signed === digest) return { kind: 'repeat', slot, digest, message };
    if (signed !== undefined) return refuse('CONFLICTING_SLOT', { slot, mark, wanted: digest, signed });
    if (compareSlots(slot, mark) <= 0) return refuse('STALE_SLOT', { slot, mark, wanted: digest, signed });
  }
  return { kind: 'sign', slot, digest, message, nextState: stateAfter(state, { slot, digest }) };
}

function refuse(reason: RefusalReason, facts: RefusalFacts): RefuseDecision {
  return { kind: 'refuse', reason, facts };
}
