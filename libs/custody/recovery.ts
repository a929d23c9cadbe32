import { assert } from '#libs/assert/assert.ts';
import { type Digest, toView, type View } from '#libs/chain/ids.ts';
import type { CustodyContext } from './custody-context.ts';
import { type CustodyState, type Remembered, withMark } from './custody-state.ts';

/** The rules of a recovery, each by a name, so that the model can take one out and show that it was needed. */
export interface RecoveryRules {
  /** The certificate is of a block on a nonce that was drawn after the loss, so it is no old one. */
  readonly nonce: boolean;
  /** Nothing within the jump above its view is signed either: the lost record may have been that far. */
  readonly jump: boolean;
  /** The new state is locked on the block of the certificate. */
  readonly lock: boolean;
}

export const ALL_RECOVERY_RULES: RecoveryRules = { nonce: true, jump: true, lock: true };

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
 * 3.5). It rests on a commit certificate at view w of a block that stands on its nonce.
 *
 * Why this holds: a quorum proved the highest view P that the lost record knew, and shares an honest member with the
 * quorum of w, which signed later, because the nonce is younger than the loss. So w >= P. The signatures of the lost
 * record lie at most the jump above P, and its lock, at most P, is superseded. By the model w is even above P: in one
 * view nobody votes for two blocks. So one view of the jump is to spare.
 *
 * @param decided - The block of the certificate, and its view.
 */
export function recoveredState(
  { table }: CustodyContext,
  state: CustodyState,
  decided: Remembered,
  rules = ALL_RECOVERY_RULES,
): CustodyState {
  assert(state.mode === 'quarantined', 'only a key in quarantine is recovered');
  assert(table.instances === 'one', 'the rule is shown safe for views that run across heights alone');
  const jump = rules.jump ? table.viewJumpMax : 0n;
  const step = Math.max(...Object.values(table.kinds).map((row) => row.step));
  return {
    ...state,
    mode: 'active',
    nonce: undefined,
    isRecovered: true,
    marks: withMark(state, 0n, { view: toView(decided.view + jump), step }),
    lock: rules.lock ? newer(state.lock, decided) : state.lock,
    proven: higher(state.proven, decided.view),
    session: state.session + 1n,
  };
}

function newer(lock: Remembered | undefined, decided: Remembered): Remembered {
  return lock === undefined || decided.view > lock.view ? decided : lock;
}

function higher(a: View, b: View): View {
  return a > b ? a : b;
}
