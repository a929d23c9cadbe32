import { GROWTH_VIEWS_MAX, TIMEOUT_GROWTH } from './limits.ts';
import { askTimeout, renewed } from './sending.ts';
import { type HotStuffState, hasAnnounced, hasGivenUp, isUndecided, type Turn } from './state.ts';
import { viewPosition } from './statements.ts';

/**
 * Time that this view may take, in milliseconds: base x 1.5^k, capped, for k views since the last known commit
 * (RULES.md C.5.6). Derived from proven views, so a commit resets it and a restart does not.
 */
export function viewTimeoutMs(state: HotStuffState): number {
  const { viewTimeoutMs: base, viewTimeoutMsMax: cap } = state.context.timing;
  const failedViews = Math.min(Number(state.view - state.commit.view - 1n), GROWTH_VIEWS_MAX);
  return Math.min(base * TIMEOUT_GROWTH ** Math.max(failedViews, 0), cap);
}

function resendMs(state: HotStuffState): number {
  return viewTimeoutMs(state) / 2;
}

/**
 * Whether anything waits for this view: without it no timer runs, and an idle federation is silent (RULES.md C.5.7).
 * A member that gave the view up waits until its timeout was sent, and then only for work and for a prepared block,
 * as any other. A proposal is no reason any more, because the member votes for none in this view.
 */
function isAwaited(state: HotStuffState): boolean {
  if (state.work || isUndecided(state)) return true;
  return hasGivenUp(state) ? !hasAnnounced(state) : state.proposal !== undefined;
}

/** Starts or stops the timers of the current view, as its state demands. */
export function adjustTimers(turn: Turn): void {
  const { state } = turn;
  if (isAwaited(state) === state.timerRuns) return;
  turn.update({ timerRuns: !state.timerRuns });
  if (state.timerRuns) {
    turn.emit({ kind: 'cancel-timer', name: 'view' });
    turn.emit({ kind: 'cancel-timer', name: 'resend' });
    return;
  }
  if (!hasGivenUp(state)) {
    turn.emit({
      kind: 'set-timer',
      name: 'view',
      position: viewPosition(state.view),
      afterMs: viewTimeoutMs(state),
    });
  }
  setResendTimer(turn);
}

/** Stops the timers of a view that is left. */
export function clearTimers(turn: Turn): void {
  if (!turn.state.timerRuns) return;
  turn.update({ timerRuns: false });
  turn.emit({ kind: 'cancel-timer', name: 'view' });
  turn.emit({ kind: 'cancel-timer', name: 'resend' });
}

/**
 * Repeats all messages of this view: a lost message must not cost a view (RULES.md A.36). It also asks again
 * for the signature of a timeout that a signer refused or could not give: nothing else of this view can ever be
 * signed, so without that signature this member would be silent until the others end the view; and with more
 * than f such members nobody ends it.
 */
export function resend(turn: Turn): void {
  if (hasGivenUp(turn.state) && !hasAnnounced(turn.state)) askTimeout(turn);
  const { state } = turn;
  for (const { to, message } of state.outbox) {
    turn.emit({ kind: 'transmit', to, message: renewed(state, message) });
  }
  setResendTimer(turn);
}

function setResendTimer(turn: Turn): void {
  const { state } = turn;
  turn.emit({
    kind: 'set-timer',
    name: 'resend',
    position: viewPosition(state.view),
    afterMs: resendMs(state),
  });
}
