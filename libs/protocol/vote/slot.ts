import { assert } from '#libs/assert/assert.ts';
import { type Epoch, toEpoch, toView, type View } from '#libs/chain/ids.ts';
import type { VoteStatement } from './statement.ts';
import { type KindRow, kindRowOf, type VoteTable } from './vote-table.ts';

/** A place that takes one signature for ever. */
export interface Slot {
  readonly epoch: Epoch;
  /** The unit that is decided on its own: a height; always 0 where views run across heights. */
  readonly instance: bigint;
  readonly view: View;
  /**
   * The place in the view, by the first kind that the table has for its ordinal: kinds that exclude each other, such as a yes
   * and a no, have one ordinal, and so one slot.
   */
  readonly kind: string;
}

/** The part of a statement that says its slot. */
type Placed = Pick<VoteStatement, 'kind' | 'instance' | 'view'>;

/** The slot of a statement: a key gives one signature in it, for whichever of its kinds. */
export function slotOf(
  epoch: Epoch,
  { kind, instance, view }: Placed,
  table: Pick<VoteTable, 'kinds'>,
): Slot {
  const row = kindRowOf(table, kind);
  const first = row && Object.entries(table.kinds).find(([, each]) => isOneSlot(each, row));
  return { epoch, instance, view, kind: first?.[0] ?? kind };
}

/** Whether two kinds have one slot in a view, which takes a signature of one of them. */
export function isOneSlot(a: KindRow, b: KindRow): boolean {
  return a.step === b.step;
}

/** The progress of a key in one instance. */
export interface Mark {
  readonly view: View;
  /** Order of the kind inside its view, from the protocol's table. */
  readonly step: number;
}

/** One name for each slot. */
export function slotName({ epoch, instance, view, kind }: Slot): string {
  return `${epoch}/${instance}/${view}/${kind}`;
}

/** Below, at or above zero as `a` comes before, is, or comes after `b`. */
export function compareMarks(a: Mark, b: Mark): number {
  if (a.view !== b.view) return a.view < b.view ? -1 : 1;
  return a.step - b.step;
}

/** The slot of a name that `slotName` made. */
export function slotNamed(name: string): Slot {
  const [epoch, instance, view, kind] = name.split('/');
  assert(epoch !== undefined && instance !== undefined && view !== undefined && kind !== undefined, name);
  return { epoch: toEpoch(BigInt(epoch)), instance: BigInt(instance), view: toView(BigInt(view)), kind };
}
