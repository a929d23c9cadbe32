import { toView, type View } from '#libs/chain/ids.ts';

/** A place in the order of an epoch: instances ascend, and views ascend within one. */
export interface Position {
  /** A height; always 0 in a protocol whose views run across heights. */
  readonly instance: bigint;
  readonly view: View;
}

/** The last view that any instance can have. */
const VIEW_MAX = 2n ** 64n - 1n;

/** Below, at or above zero as `a` comes before, is, or comes after `b`. */
export function comparePositions(a: Position, b: Position): number {
  if (a.instance !== b.instance) return a.instance < b.instance ? -1 : 1;
  if (a.view !== b.view) return a.view < b.view ? -1 : 1;
  return 0;
}

/** In words, for people; a protocol whose views run across heights has no other instance than 0. */
export function positionText({ instance, view }: Position): string {
  return instance === 0n ? `view ${view}` : `view ${view} of height ${instance}`;
}

/** The last position before one: the view before, or the last that the instance before can have. The very first has none. */
export function positionBefore({ instance, view }: Position): Position {
  if (view > 0n) return { instance, view: toView(view - 1n) };
  return instance > 0n ? { instance: instance - 1n, view: toView(VIEW_MAX) } : { instance, view };
}
