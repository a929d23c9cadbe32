import { assert } from '#libs/assert/assert.ts';
import { type Digest, toView, type View } from '#libs/chain/ids.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { CustodyContext } from './custody-context.ts';
import { type CustodyState, type Remembered, stillOpen, withMark } from './custody-state.ts';

/** The rules of a recovery, each by a name, so that the model can take one out and show that it was needed. */
export interface RecoveryRules {
  /** The certificate is of a block on a nonce that was drawn after the loss, so it is no old one. */
  readonly nonce: boolean;
  /** Nothing within the jump above its view is signed either: the lost record may have been that far. */
  readonly jump: boolean;
  /** The new state is locked on the block of the certificate. */
  readonly lock: boolean;
  /** Where each height has views of its own, nothing of the block's height or below is signed again. */
  readonly heights: boolean;
}

export const ALL_RECOVERY_RULES: RecoveryRules = { nonce: true, jump: true, lock: true, heights: true };

/**
 * The state of a key in quarantine that waits for its nonce to be in a final block. An earlier nonce does not
 * count any more.
 */
export function withNonce(state: CustodyState, nonce: Digest): CustodyState {
  assert(state.mode === 'quarantined', 'only a key in quarantine is recovered');
  return { ...state, nonce };
}

/**
 * The state of a key that lost its record, or got an older one, and may sign again (libs/custody/README.md
 * 3.5). It rests on a certificate that decides a block, at view w and height h, which stands on its nonce.
 *
 * Why this holds where views run across heights: a quorum proved the highest view P that the lost record knew, and shares an
 * honest member with the quorum of w, which signed later, because the nonce is younger than the loss. So w >= P. The signatures of
 * the lost record lie at most the jump above P, and its lock, at most P, is superseded. By the model w is even above P: in one
 * view nobody votes for two blocks. So one view of the jump is to spare.
 *
 * Why this holds where each height has views of its own: all heights that were decided before the loss are without the nonce, so the
 * lost record's open height was h at most, and it signed nothing above its open height. Nothing of h or below is signed again.
 *
 * @param decided - The block of the certificate, and its view.
 */
export function recoveredState(
  { table }: Pick<CustodyContext, 'table'>,
  state: CustodyState,
  decided: Remembered,
  rules = ALL_RECOVERY_RULES,
): CustodyState {
  assert(state.mode === 'quarantined', 'only a key in quarantine is recovered');
  const past =
    table.instances === 'one' ? aboveViews(table, state, decided, rules) : aboveHeight(state, decided, rules);
  const session = state.session + 1n;
  return { ...state, ...past, mode: 'active', nonce: undefined, isRecovered: true, session };
}

function aboveViews(
  table: VoteTable,
  state: CustodyState,
  decided: Remembered,
  rules: RecoveryRules,
): Partial<CustodyState> {
  const jump = rules.jump ? table.viewJumpMax : 0n;
  const step = Math.max(...Object.values(table.kinds).map((row) => row.step));
  return {
    marks: withMark(state, 0n, { view: toView(decided.view + jump), step }),
    lock: rules.lock ? newer(state.lock, decided) : state.lock,
    proven: higher(state.proven, decided.view),
  };
}

function aboveHeight(
  state: CustodyState,
  { height }: Remembered,
  rules: RecoveryRules,
): Partial<CustodyState> {
  const openFrom = rules.heights ? height + 1n : 0n;
  if (openFrom <= state.openFrom) return {};
  return {
    openFrom,
    proven: toView(0n),
    marks: stillOpen(state.marks, openFrom),
    high: stillOpen(state.high, openFrom),
  };
}

function newer(lock: Remembered | undefined, decided: Remembered): Remembered {
  return lock === undefined || decided.view > lock.view ? decided : lock;
}

function higher(a: View, b: View): View {
  return a > b ? a : b;
}
