import type { Violation } from '../../checks/findings.ts';
import type { Plan } from '../../plan/plan.ts';
import { planWithout } from '../../plan/plan-without.ts';
import type { WholePlan } from '../../plan/whole-plan.ts';
import type { CaseId } from '../words/case-id.ts';
import type { CourseBatch } from '../words/course.ts';
import { judgedIn } from '../words/judged-by.ts';

/** Founders of the courses of whole nodes. */
export const FOUNDERS = 4;

/** Seeds of these courses, apart from all others. */
export const WHOLE_SEED = 700_000;

/** Time for a change to be voted for, decided and in force, with the faults of a seed; changes wait for each other. */
export const CHANGE_MS = 1_500;

const OPEN = { growthMax: 12, epochBlocksMin: 1 };

const EMPTY: WholePlan = {
  newcomers: 0,
  policy: { membersMin: 4, membersMax: 12, step: 1, ...OPEN },
  ...{ changes: [], absences: [], clerks: [], snapshotBlocks: 0 },
};

/** The faults of a seed, with these things that whole nodes are to do, and time for all of them. */
export function doing(plan: Plan, whole: Partial<WholePlan>): Plan {
  const { changes = [], absences = [] } = whole;
  const mild = planWithout(plan, ['broken', 'changes', 'absences']);
  const gstMs = Math.max(
    mild.gstMs,
    ...changes.map(({ atMs }) => atMs + CHANGE_MS),
    ...absences.map(({ untilMs }) => untilMs),
  );
  const policy = { ...(mild.whole?.policy ?? EMPTY.policy), ...OPEN };
  return { ...mild, gstMs, whole: { ...EMPTY, ...mild.whole, policy, newcomers: 0, ...whole } };
}

export function batchOfSeed(of: CaseId, violations: readonly Violation[], name: string): CourseBatch {
  return { runs: 1, failures: judgedIn(of, violations, { name }) };
}
