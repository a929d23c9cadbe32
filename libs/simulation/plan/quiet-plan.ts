import { OPEN_POLICY } from '#libs/membership/policy.ts';
import type { DelayPlan, Plan } from './plan.ts';
import type { WholePlan } from './whole-plan.ts';

const AT_ONCE: DelayPlan = { minMs: 0, maxMs: 0, tailRate: 0, tailMs: 0 };

const ALONE: WholePlan = {
  newcomers: 0,
  policy: OPEN_POLICY,
  changes: [],
  absences: [],
  clerks: [],
  snapshotBlocks: 0,
};

/** A plan of whole nodes in which nothing goes wrong and nothing takes time. Its links may be changed while it runs. */
export interface QuietPlan extends Plan {
  lossRate: number;
  delay: DelayPlan;
  readonly whole: WholePlan;
}

export function quietPlan(members: number, whole: Partial<WholePlan> = {}): QuietPlan {
  return {
    members,
    whole: { ...ALONE, ...whole },
    byzantine: [],
    broken: [],
    // The links are those of `lossRate` and `delay` for ever.
    gstMs: Number.POSITIVE_INFINITY,
    endsWithFaults: true,
    lossRate: 0,
    duplicateRate: 0,
    delay: AT_ONCE,
    delayAfterGst: AT_ONCE,
    bandwidth: 0,
    partitions: [],
    splits: [],
    crashes: [],
    powerCuts: [],
    crashPoints: [],
    pauses: [],
    fullDisks: [],
    losesUnsynced: false,
    clocks: [],
    signMsMax: 0,
    unprovedRate: 0,
    verifyMsMax: 0,
    leaders: [],
    last: undefined,
    transactionMs: 0,
  };
}

/** Links that take just so long, milliseconds. */
export function steadyDelay(ms: number): DelayPlan {
  return { minMs: ms, maxMs: ms, tailRate: 0, tailMs: ms };
}
