import { assert } from '#libs/assert/assert.ts';
import { type Epoch, toEpoch, toView, type View } from '#libs/chain/ids.ts';

/** A place that takes one signature for ever. */
export interface Slot {
  readonly epoch: Epoch;
  /**
   * The unit that is decided on its own: a height or sequence number; always 0 where views run across heights.
   */
  readonly instance: bigint;
  /** View or round; 0 for a kind that is signed once in an instance, in any view. */
  readonly view: View;
  readonly kind: string;
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
