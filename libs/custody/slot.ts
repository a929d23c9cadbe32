import type { Epoch, View } from '../chain/ids.ts';
import type { Statement } from '../protocol/statement.ts';

export type SlotKind = Statement['kind'];

/** A place that takes one signature for ever. */
export interface Slot {
  readonly epoch: Epoch;
  readonly view: View;
  readonly kind: SlotKind;
}

/**
 * The order in which an honest member signs inside one view (signer.md 3.3). A leader proposes before it
 * votes, and who gave the view up says nothing more in it.
 */
export const SLOT_ORDER = {
  proposal: 0,
  prepare: 1,
  'pre-commit': 2,
  commit: 3,
  timeout: 4,
} as const satisfies Record<SlotKind, number>;

export function slotOf(statement: Statement, epoch: Epoch): Slot {
  return { epoch, view: statement.view, kind: statement.kind };
}

/** Below, at or above zero as `a` comes before, is, or comes after `b`: by epoch, then view, then kind. */
export function compareSlots(a: Slot, b: Slot): number {
  if (a.epoch !== b.epoch) return a.epoch < b.epoch ? -1 : 1;
  if (a.view !== b.view) return a.view < b.view ? -1 : 1;
  return SLOT_ORDER[a.kind] - SLOT_ORDER[b.kind];
}
