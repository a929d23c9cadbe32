import type { FinalBlock } from '#libs/protocol/module.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';

/**
 * Whether the newest final block was decided in the view that ran at this member until now. Others came by
 * synchronisation, and do not show the time of a view.
 *
 * @param at - Where the protocol is: its own decisions come when it has gone on.
 */
export function isOfViewThatRan(
  { header: { view, height }, certificate }: Pick<FinalBlock, 'header' | 'certificate'>,
  at: Position,
  { instances }: Pick<VoteTable, 'instances'>,
): boolean {
  if (instances === 'one') return view === at.view - 1n;
  // A protocol of heights goes on with the decision, or when it is told that the block is final.
  const hasGoneOn = height === at.instance - 1n;
  return hasGoneOn || (height === at.instance && certificate.view === at.view);
}
