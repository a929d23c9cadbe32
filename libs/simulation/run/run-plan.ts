import type { Prng } from '#libs/random/prng.ts';
import { ChainCheck } from '../checks/chain-check.ts';
import { Findings } from '../checks/findings.ts';
import { checkLone, type LoneRun } from '../checks/lone-check.ts';
import { type Checkers, EpochObservers, SILENT } from '../checks/observe.ts';
import { ProgressCheck } from '../checks/progress-check.ts';
import { RecordCheck } from '../checks/record-check.ts';
import { reportLeftovers } from '../checks/rest-check.ts';
import { SightingsLog } from '../checks/sightings.ts';
import { ViewCheck, type ViewWorld } from '../checks/view-check.ts';
import type { SimulatedEpoch } from '../federation/federation.ts';
import type { SimulatedSubject } from '../member/whole-nodes.ts';
import { instancesOf, type Plan } from '../plan/plan.ts';
import type { Observer } from '../subject/observer.ts';
import type { Schedule } from '../time/schedule.ts';
import { World } from '../world/world.ts';
import { comeToRest } from './come-to-rest.ts';
import { groundOf } from './ground.ts';
import type { RunResult } from './run-result.ts';

/** A run that does more is caught in a loop; each node tells each other. */
const STEPS_MAX = 1_000_000;
const STEPS_PER_PAIR_MAX = 3_000;

export interface RunFacts {
  readonly random: Prng;
  readonly keepsTrace: boolean;
  readonly stopsAtHeight: number | undefined;
  /** Whether the checkers watch. They change no event; they only end a run that breaks a rule. */
  readonly isChecked: boolean;
}

/** Runs a plan to its end, with every checker watching. */
export function runPlan<State, Message, Record>(
  subject: SimulatedSubject<State, Message, Record>,
  plan: Plan,
  facts: RunFacts,
): RunResult {
  const ground = groundOf(subject, plan, facts);
  const { schedule, trace, judge, federation } = ground;
  const findings = new Findings(schedule);
  const sightings = new SightingsLog();
  const records = new RecordCheck(findings);
  const liars = new Set(plan.byzantine.map(({ member }) => member));
  const views = viewsOf(plan, findings, {
    shape: subject.shape,
    nowMs: () => schedule.nowMs,
    isRecovered: () => progress.isRecovered,
  });
  const observers = new EpochObservers(subject, { findings, sightings, judge, records, liars, views });
  const observerOf = (epoch: SimulatedEpoch): Observer<Message, Record> =>
    facts.isChecked ? observers.of(epoch) : SILENT;
  const world = new World({ ...ground, observerOf });
  const progress = new ProgressCheck(findings, world, plan);
  const run = { plan, schedule, findings, world, progress };
  drive(run, facts.stopsAtHeight);
  const chains = new ChainCheck(findings, records, federation);
  for (const instance of world.honest) chains.check(instance);
  if (isQuiet(run)) checkLone(run);
  if (isDone(run)) {
    world.silence();
    comeToRest(run);
    // Liars leave leftovers that nobody can know to be obsolete: reports of views that never come.
    if (isHealthy(plan)) for (const instance of world.core) reportLeftovers(subject, findings, instance);
  }
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
    sightings,
  };
}

/** Views of whole nodes are not checked: each epoch has leaders of its own, and a node does more than to vote. */
function viewsOf(plan: Plan, findings: Findings, world: ViewWorld): Checkers['views'] {
  if (plan.whole === undefined) return new ViewCheck(findings, plan, world);
  return { entered: () => {}, worked: () => {}, gaveUp: () => {} };
}

interface Run {
  readonly plan: Plan;
  readonly schedule: Schedule;
  readonly findings: Findings;
  readonly progress: ProgressCheck;
  readonly world: Pick<LoneRun['world'], 'giveAlone'> & {
    readonly isOpen: boolean;
    readonly core: readonly (LoneRun['world']['core'][number] & { readonly effects: number })[];
    isAt(height: number): boolean;
    silence(): void;
  };
}

/** Lets everything happen, until nothing more is to be seen. */
function drive(run: Run, stopsAtHeight: number | undefined): void {
  const { plan, schedule, findings, world } = run;
  const stepsMax = Math.max(STEPS_MAX, STEPS_PER_PAIR_MAX * instancesOf(plan).length ** 2);
  while (!isOver(run)) {
    if (schedule.steps >= stepsMax) return findings.report('V1', `more than ${stepsMax} events`);
    schedule.step();
    if (stopsAtHeight !== undefined && world.isAt(stopsAtHeight)) return;
  }
}

function isOver({ plan, schedule, findings, progress }: Run): boolean {
  if (findings.isFatal) return true;
  return plan.endsWithFaults ? schedule.nowMs >= plan.gstMs : progress.isOver(schedule.nowMs);
}

/** Whether replicas did all that was wanted of them. Whole nodes are never silent: they have heartbeats. */
function isDone({ plan, findings, world }: Run): boolean {
  return !world.isOpen && plan.whole === undefined && findings.violations.length === 0;
}

/** Whether whole nodes did all that was wanted of them: nothing waits anywhere. */
function isQuiet({ plan, findings, world }: Run): boolean {
  return !world.isOpen && plan.whole !== undefined && findings.violations.length === 0;
}

function isHealthy({ byzantine, broken }: Plan): boolean {
  return byzantine.length + broken.length === 0;
}
