import type { Proposal } from './message.ts';
import { giveUp } from './pacemaker.ts';
import type { HotStuffState, Turn } from './state.ts';

/**
 * A block that is decided is proposed again to no use: its leader lies, or did not know of the decision yet. With votes
 * for it one that lies would renew the decision of the same height in view after view, and all would look well.
 */
export function repeatsDecided(
  { commit }: Pick<HotStuffState, 'commit'>,
  { again, block }: Proposal,
): boolean {
  return again !== undefined && block.header.height <= commit.height;
}

/**
 * Gives a view up at once whose only proposal repeats a decided block: nobody votes for it, so the view can decide nothing
 * (RULES.md C.5.8). The timeout shows the decision to those who do not know it, the leader among them.
 */
export function leaveSpentView(turn: Turn): void {
  const { state } = turn;
  if (state.proposal !== undefined && repeatsDecided(state, state.proposal)) giveUp(turn, 'spent');
}
