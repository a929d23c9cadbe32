import type { View } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import type { FailureCause } from '../view-failure.ts';
import { roundLeader } from './leaders.ts';
import type { RoundsState, RoundsTurn } from './state.ts';
import { roundPosition } from './statements.ts';

/** Tells that a view of the open height failed, with all that is known of it here: before the view is left. */
export function tellFailed(turn: RoundsTurn, view: View, cause: FailureCause): void {
  const { state } = turn;
  const isProposed = isRoundProposed(state, view) || (sawWhole(turn, view) ? false : undefined);
  const position = roundPosition({ height: state.at.height, view });
  turn.emit({
    kind: 'failed',
    failure: { position, leader: roundLeader(state, view), cause, isProposed },
  });
}

/** Whether a proposal of this view was taken in here, or a quorum voted for one. */
export function isRoundProposed(state: RoundsState, view: View): boolean {
  const { at } = state;
  const isTaken = view === at.view && at.proposal !== undefined;
  return isTaken || certificatesOf(state, view).length > 0;
}

/** The certificates of a view of the open height that are known. */
export function certificatesOf({ at }: RoundsState, view: View): readonly QuorumCertificate[] {
  const { prepared, wanted, certified, decided, height } = at;
  return [prepared, wanted, ...certified.values(), decided].filter(
    (each): each is QuorumCertificate => each?.height === height && each.view === view,
  );
}

/** Whether this member was in the view before this step, and since the view began: not after a restart in it. */
function sawWhole({ before, state }: RoundsTurn, view: View): boolean {
  const { height } = state.at;
  const { restored } = state.context;
  const isResumed = restored?.height === height && restored.view === view;
  return before.at.height === height && before.at.view === view && !isResumed;
}
