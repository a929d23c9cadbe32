import { weightOf } from '../validator-set.ts';
import { GROWN_ROUNDS_MAX, REPEAT_MS_MAX, ROUND_GROWTH } from './limits.ts';
import { isLeaving, type RoundsState, type RoundsTurn } from './state.ts';
import { roundPosition } from './statements.ts';
import { votersIn } from './tallying.ts';

/**
 * Time that a view may take, in milliseconds: base x 2^view, capped. A height begins at the base again. The cap costs no safety, and
 * no liveness as long as a round fits into it.
 */
export function roundMs({ context: { timing }, at }: RoundsState): number {
  const failed = Math.min(Number(at.view), GROWN_ROUNDS_MAX);
  return Math.min(timing.viewTimeoutMs * ROUND_GROWTH ** failed, timing.viewTimeoutMsMax);
}

/** Time between two repetitions, in milliseconds. */
export function repeatMs(state: RoundsState): number {
  return Math.min(roundMs(state) / 2, REPEAT_MS_MAX);
}

/**
 * Whether anything waits for this view: without it no timer runs, and an idle federation is silent. A single member that speaks, and
 * may lie, keeps nobody awake; more than f do, for one of them is honest.
 */
function isAwaited(state: RoundsState): boolean {
  const { tip, work, at } = state;
  if (tip === undefined) return false;
  if (
    at.certified.size > 0 ||
    work ||
    at.decided !== undefined ||
    at.prepared !== undefined ||
    at.wanted !== undefined
  )
    return true;
  if (isLeaving(state)) return !hasSaidLeave(state);
  return at.proposal !== undefined || hearsOneHonest(state);
}

/** Whether the leave of this view was signed, and sent. */
export function hasSaidLeave({ context: { me }, at }: RoundsState): boolean {
  return me !== undefined && at.leaves.get(me)?.view === at.view;
}

/** Whether more than f members vote in this view, or are in the next height. */
function hearsOneHonest(state: RoundsState): boolean {
  const { context, at, early } = state;
  const { quorum } = context.set;
  const ahead = [...early.values()].map(({ member }) => member);
  const weights = [weightOf(context.set, votersIn(state, at.view)), weightOf(context.set, ahead)];
  return weights.some((weight) => weight >= quorum.oneHonestWeight);
}

/** Starts or stops the timers of the view, as its state demands. */
export function adjustRoundTimers(turn: RoundsTurn): void {
  const { state } = turn;
  if (isAwaited(state) === state.at.timerRuns) return;
  if (state.at.timerRuns) return stopRoundTimers(turn);
  turn.change({ timerRuns: true });
  if (!isLeaving(state)) {
    const position = roundPosition(state.at);
    turn.emit({ kind: 'set-timer', name: 'round', position, afterMs: roundMs(state) });
  }
  setRepeatTimer(turn);
}

/** Stops the timers of a view that is left, or for which nothing waits. */
export function stopRoundTimers(turn: RoundsTurn): void {
  if (!turn.at.timerRuns) return;
  turn.change({ timerRuns: false });
  turn.emit({ kind: 'cancel-timer', name: 'round' });
  turn.emit({ kind: 'cancel-timer', name: 'resend' });
}

export function setRepeatTimer(turn: RoundsTurn): void {
  const { state } = turn;
  const position = roundPosition(state.at);
  turn.emit({ kind: 'set-timer', name: 'resend', position, afterMs: repeatMs(state) });
}
