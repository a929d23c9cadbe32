import type { View } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import type { FailureCause } from '../view-failure.ts';
import type { HotStuffState, Turn } from './state.ts';
import { viewPosition } from './statements.ts';

/** Tells that a view failed, with all that is known of it here: before the view is left. */
export function tellFailure(turn: Turn, view: View, cause: FailureCause): void {
  const { state } = turn;
  const isProposed = isProposedIn(state, view) || (wasInFromStart(turn, view) ? false : undefined);
  const leader = state.context.leader(view);
  turn.emit({ kind: 'failed', failure: { position: viewPosition(view), leader, cause, isProposed } });
}

/** Whether a proposal of this view was taken in here, be it for later, or a quorum voted for one. */
export function isProposedIn(state: HotStuffState, view: View): boolean {
  const isTaken = view === state.view && state.proposal !== undefined;
  return isTaken || state.early.has(view) || certificatesIn(state, view).length > 0;
}

/** The newest certificates that are of this view. */
export function certificatesIn(
  { high, locked, commit }: HotStuffState,
  view: View,
): readonly QuorumCertificate[] {
  const known = locked === undefined ? [high, commit] : [high, locked, commit];
  return known.filter((each) => each.view === view);
}

/** Whether this member was in the view before this step, and since the view began: not after a restart in it. */
function wasInFromStart({ before }: Turn, view: View): boolean {
  return before.view === view && before.context.restored?.view !== view;
}
