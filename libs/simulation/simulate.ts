import { type Prng, prng, type Seed } from '../random/prng.ts';
import { BlockJudge } from './block-judge.ts';
import { ChainCheck } from './checks/chain-check.ts';
import { checkingObserver } from './checks/observe.ts';
import { ProgressCheck } from './checks/progress-check.ts';
import { RecordCheck } from './checks/record-check.ts';
import { drawPlan, type PlanChoices } from './draw-plan.ts';
import { simulatedFederation } from './federation.ts';
import { Findings, type Violation } from './findings.ts';
import { AMNESIAC, type Plan, TWIN } from './plan.ts';
import { planWithout } from './plan-without.ts';
import { Schedule } from './schedule.ts';
import type { Subject } from './subject.ts';
import { Trace } from './trace.ts';
import { World } from './world.ts';

export interface RunOptions extends Partial<PlanChoices> {
  readonly seed: Seed;
  readonly members: number;
  /** Keeps the lines of the trace, not only their hash. */
  readonly keepsTrace?: boolean;
  /** Kinds of faults, and single entries like `crash.2`, that are left out of what the seed drew. */
  readonly without?: readonly string[];
  /** Ends the run once all have this height; whatever is due later is not checked. */
  readonly stopsAtHeight?: number;
  /** Changes what the seed drew: for directed scenarios. */
  readonly adjust?: (plan: Plan) => Plan;
}

export interface RunResult {
  readonly plan: Plan;
  readonly violations: readonly Violation[];
  readonly traceHash: string;
  readonly trace: readonly string[];
  readonly steps: number;
  readonly virtualMs: number;
  /** Highest final block. */
  readonly height: number;
  /** The same when the faults ended: what a scenario came to by itself. */
  readonly heightAtGst: number;
  /** Effects of each instance over the run. */
  readonly effects: readonly number[];
  /** From the end of the faults to five more blocks everywhere. */
  readonly recoveryMs: number | undefined;
}

/** A run that does this much is caught in a loop. */
const STEPS_MAX = 1_000_000;

const REST_MS_MAX = 20_000;

/** Runs one seed to its end: faults, then recovery, then every submitted transaction final. */
export function simulate<State, Message, Record>(
  subject: Subject<State, Message, Record>,
  options: RunOptions,
): RunResult {
  const random = prng(options.seed);
  const actors = options.actors ?? [TWIN, AMNESIAC, ...subject.actors.keys()];
  const drawn = drawPlan(random.stream('plan'), { ...options, actors });
  const adjusted = options.adjust?.(drawn) ?? drawn;
  const plan = planWithout(adjusted, options.without ?? []);
  const { keepsTrace = false, stopsAtHeight = Number.POSITIVE_INFINITY } = options;
  return run(subject, plan, { random, keepsTrace, stopsAtHeight });
}

interface RunFacts {
  readonly random: Prng;
  readonly keepsTrace: boolean;
  readonly stopsAtHeight: number;
}

function run<State, Message, Record>(
  subject: Subject<State, Message, Record>,
  plan: Plan,
  { random, keepsTrace, stopsAtHeight }: RunFacts,
): RunResult {
  const schedule = new Schedule(random.stream('schedule'));
  const trace = new Trace(keepsTrace);
  const findings = new Findings(schedule);
  const judge = new BlockJudge();
  const federation = simulatedFederation(plan.members, subject.module.id, random);
  const records = new RecordCheck(findings);
  const observer = checkingObserver(subject, { findings, judge, records, by: federation });
  const world = new World({ subject, plan, random, schedule, trace, judge, observer, ...federation });
  const progress = new ProgressCheck(findings, world, plan.gstMs);
  while (!findings.isFatal && !progress.isOver(schedule.nowMs)) {
    if (schedule.steps >= STEPS_MAX) {
      findings.report('V1', `more than ${STEPS_MAX} events`);
      break;
    }
    schedule.step();
    if (world.isAt(stopsAtHeight)) break;
  }
  const chains = new ChainCheck(findings, records, federation);
  for (const instance of world.honest) chains.check(instance);
  if (
    world.isOpen === false &&
    plan.byzantine.length + plan.broken.length === 0 &&
    findings.violations.length === 0
  )
    comeToRest(schedule, findings);
  return {
    plan,
    violations: findings.violations,
    traceHash: trace.hash,
    trace: trace.lines,
    steps: schedule.steps,
    virtualMs: schedule.nowMs,
    height: Math.max(...world.core.map(({ disk }) => disk.height)),
    heightAtGst: progress.heightAtGst,
    effects: world.instances.map(({ effects }) => effects),
    recoveryMs: progress.recoveryMs,
  };
}

/**
 * With nothing left to decide and nobody who lies, all must fall silent (bft.md C.5.7): no view spins, no
 * message goes round. What is still under way then ends within a few of the longest timeouts.
 */
function comeToRest(schedule: Schedule, findings: Findings): void {
  const untilMs = schedule.nowMs + REST_MS_MAX;
  while (!schedule.isEmpty && schedule.nowMs < untilMs) schedule.step();
  if (!schedule.isEmpty) findings.report('REST', `not at rest ${REST_MS_MAX} ms after the last transaction`);
}
