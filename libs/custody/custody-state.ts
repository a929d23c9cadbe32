import { assert } from '../assert/assert.ts';
import type { Digest, View } from '../chain/ids.ts';
import { compareSlots, type Slot, type SlotKind } from './slot.ts';

/**
 * How many views below the mark keep their digests, so that the same request can be answered again. Older
 * slots are refused by the mark alone: forgetting them loses a repeat, never a promise. Who asks again does
 * so within a few views; 32 views of the largest signatures (49 856 bytes) are 8 MB on disk.
 */
export const REPEATABLE_VIEWS = 32n;

type ViewSlots = Readonly<Partial<Record<SlotKind, Digest>>>;

/** All that a key must remember of its past. A value: deciding never changes it. */
export interface CustodyState {
  /** SHA-256 of the genesis: this state answers for one chain. */
  readonly chain: Digest;
  readonly protocol: string;
  /** Highest slot ever signed; undefined on a key that never signed. Never falls. */
  readonly mark: Slot | undefined;
  /** Digests of what was signed in the views near the mark, of the mark's epoch. */
  readonly signed: ReadonlyMap<View, ViewSlots>;
}

/** One remembered signature: what a store keeps as one row. */
export interface SignedSlot {
  readonly slot: Slot;
  /** SHA-256 of the signing bytes. */
  readonly digest: Digest;
}

/** The state of a key that never signed. */
export function virginState(chain: Digest, protocol: string): CustodyState {
  return { chain, protocol, mark: undefined, signed: new Map() };
}

/** What was signed in a slot, as far back as it is remembered. */
export function digestIn(state: CustodyState, slot: Slot): Digest | undefined {
  return slot.epoch === state.mark?.epoch ? state.signed.get(slot.view)?.[slot.kind] : undefined;
}

/** The state after `signed`, which must lie above the mark. Forgets what is too old to be asked for. */
export function stateAfter(state: CustodyState, { slot, digest }: SignedSlot): CustodyState {
  assert(state.mark === undefined || compareSlots(slot, state.mark) > 0, 'a mark never falls');
  const kept = slot.epoch === state.mark?.epoch ? [...state.signed].filter(isRepeatableAt(slot)) : [];
  const signed = new Map(kept);
  signed.set(slot.view, { ...signed.get(slot.view), [slot.kind]: digest });
  return { ...state, mark: slot, signed };
}

/**
 * Rebuilds a state from stored rows, in any order.
 * @param mark - The stored mark: it alone decides when the rows of its views were pruned.
 */
export function restoredState(
  virgin: CustodyState,
  mark: Slot | undefined,
  rows: readonly SignedSlot[],
): CustodyState {
  const signed = new Map<View, ViewSlots>();
  for (const { slot, digest } of rows) {
    assert(mark !== undefined && compareSlots(slot, mark) <= 0, 'a signed slot lies above the mark');
    if (slot.epoch === mark.epoch) signed.set(slot.view, { ...signed.get(slot.view), [slot.kind]: digest });
  }
  return { ...virgin, mark, signed };
}

/** Lowest view whose digests are still needed when the mark is `slot`. */
export function repeatableFrom(slot: Slot): bigint {
  return slot.view > REPEATABLE_VIEWS ? slot.view - REPEATABLE_VIEWS : 0n;
}

function isRepeatableAt(slot: Slot): (entry: readonly [View, ViewSlots]) => boolean {
  const from = repeatableFrom(slot);
  return ([view]) => view >= from;
}
