import { toView } from '#libs/chain/ids.ts';
import type { CollectorLimits } from './limits.ts';
import { comparePositions, type Position } from './vote/position.ts';
import type { VoteTable } from './vote/vote-table.ts';

/** The positions around a member whose statements its detector of contradictions remembers. */
export interface CollectorWindow {
  /** Statements of positions below are forgotten. */
  readonly from: Position;
  /** The last position ahead. */
  readonly to: Position;
}

/**
 * Some views back and ahead where views run across heights; some heights back, and the next one, where each height has
 * views of its own.
 */
export function windowAround(
  at: Position,
  { instances, firstView }: VoteTable,
  { viewsBack, viewsAhead, instancesBack }: CollectorLimits,
): CollectorWindow {
  if (instances === 'one') {
    const from = { instance: at.instance, view: toView(notBelowZero(at.view - viewsBack)) };
    return { from, to: { instance: at.instance, view: toView(at.view + viewsAhead) } };
  }
  const from = { instance: notBelowZero(at.instance - instancesBack), view: firstView };
  return { from, to: { instance: at.instance + 1n, view: toView(firstView + viewsAhead) } };
}

/** Whether a window around `at` has a position: a liar may claim any view, also of the height that is being decided. */
export function isInWindow(
  position: Position,
  at: Position,
  { to }: CollectorWindow,
  { viewsAhead }: CollectorLimits,
): boolean {
  if (comparePositions(position, to) > 0) return false;
  return position.instance !== at.instance || position.view <= at.view + viewsAhead;
}

function notBelowZero(number: bigint): bigint {
  return number > 0n ? number : 0n;
}
