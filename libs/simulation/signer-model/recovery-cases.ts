import { ALL_RECOVERY_RULES, type RecoveryRules } from '../../custody/recovery.ts';
import { type RecoveryResult, searchRecovery } from './recovery-model.ts';
import type { WorldPlan } from './recovery-world.ts';

/** A search in which one of four members loses its record and comes back (signer.md 3.5). */
export interface RecoveryCase {
  readonly name: string;
  readonly mustBreak: 'fork' | 'double-sign' | undefined;
  readonly plan: WorldPlan;
  readonly rules: RecoveryRules;
  /** More than a million states: for `npm run sim -- --signer-model` alone. */
  readonly isLong?: true;
}

/** The lost record may have signed a view ahead of the block that carries the nonce. */
const AHEAD: WorldPlan = {
  jump: 2n,
  blocks: [{ view: 2 }, { view: 1, nonce: true }, { view: 2, on: 1 }, { view: 4, on: 1 }],
};

/** The lost record helped to decide a block above the one that an old certificate is of, and a rival is proposed later. */
const LATE: WorldPlan = { jump: 1n, blocks: [{ view: 1 }, { view: 2, on: 0 }, { view: 3, on: 0 }] };

/** A rival of the block with the nonce, and views enough above it for the recovered key to sign again. */
const THREE_VIEWS: WorldPlan = {
  jump: 1n,
  blocks: [
    { view: 1 },
    { view: 3, on: 0 },
    { view: 2, on: 0, nonce: true },
    { view: 3, on: 2 },
    { view: 4, on: 3 },
  ],
};

export const RECOVERY_CASES: readonly RecoveryCase[] = [
  { name: 'a lost record is recovered', mustBreak: undefined, plan: AHEAD, rules: ALL_RECOVERY_RULES },
  {
    ...{ name: 'a lost record is recovered, without jump', mustBreak: 'double-sign', plan: AHEAD },
    rules: { ...ALL_RECOVERY_RULES, jump: false },
  },
  {
    ...{ name: 'a lost record is recovered, without nonce', mustBreak: 'fork', plan: LATE },
    rules: { ...ALL_RECOVERY_RULES, nonce: false },
  },
  {
    ...{ name: 'a lost record is recovered, three views', mustBreak: undefined, plan: THREE_VIEWS },
    rules: ALL_RECOVERY_RULES,
    isLong: true,
  },
];

export interface RecoveryCaseResult extends RecoveryResult {
  readonly name: string;
  readonly mustBreak: RecoveryCase['mustBreak'];
}

export function runRecoveryCase({ name, mustBreak, ...options }: RecoveryCase): RecoveryCaseResult {
  return { name, mustBreak, ...searchRecovery(options) };
}
