import type { View } from '#libs/chain/ids.ts';

/** A place in the order of an epoch: instances ascend, and views ascend within one. */
export interface Position {
  /** A height; always 0 in a protocol whose views run across heights (HotStuff). */
  readonly instance: bigint;
  readonly view: View;
}

/** Below, at or above zero as `a` comes before, is, or comes after `b`. */
export function comparePositions(a: Position, b: Position): number {
  if (a.instance !== b.instance) return a.instance < b.instance ? -1 : 1;
  if (a.view !== b.view) return a.view < b.view ? -1 : 1;
  return 0;
}
