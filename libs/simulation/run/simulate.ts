import type { RootPlace } from '#libs/chain/root-place.ts';
import { prng, type Seed } from '#libs/random/prng.ts';
import type { SimulatedSubject } from '../member/whole-nodes.ts';
import { drawPlan, type PlanChoices } from '../plan/draw-plan.ts';
import { AMNESIAC, FAITHFUL, type Plan, TWIN } from '../plan/plan.ts';
import { planWithout } from '../plan/plan-without.ts';
import { earlyPositions } from '../plan/turns.ts';
import { runPlan } from './run-plan.ts';
import type { RunResult } from './run-result.ts';

export interface RunOptions extends Partial<PlanChoices> {
  readonly seed: Seed;
  readonly members: number;
  /** Keeps the lines of the trace, not only their hash. */
  readonly keepsTrace?: boolean;
  /** Kinds of faults, and single entries like `crash.2`, that are left out of the seed's plan. */
  readonly without?: readonly string[];
  /** Whether the checkers watch (by default they do). Without them the run does the same and is cheaper. */
  readonly isChecked?: boolean;
  /** Ends the run once all have this height; later checks are left out. */
  readonly stopsAtHeight?: number;
  /** Changes the seed's plan: for directed scenarios. */
  readonly adjust?: (plan: Plan) => Plan;
}

/** Runs one seed to its end: faults, then recovery, then every submitted transaction final. */
export function simulate<State, Message, Record>(
  subject: SimulatedSubject<State, Message, Record>,
  options: RunOptions,
): RunResult {
  const random = prng(options.seed);
  const { shape, module } = subject;
  const splits = { positions: earlyPositions(module.votes), steps: shape.steps };
  const drawn = drawPlan(random.stream('plan'), { ...options, splits, ...liesOf(subject, options.actors) });
  const adjusted = options.adjust?.(drawn) ?? drawn;
  const plan = planWithout(adjusted, [...(options.without ?? []), ...impossibleFor(subject)]);
  const { keepsTrace = false, stopsAtHeight, isChecked = true } = options;
  return runPlan(subject, plan, { random, keepsTrace, stopsAtHeight, isChecked });
}

/** A snapshot stands by the root in its own header, which holds none of the state after it where roots come one block later. */
function impossibleFor({ root }: { readonly root?: RootPlace }): readonly string[] {
  return root === 'next-block' ? ['snapshots'] : [];
}

/** Lies of the protocol and beside it, by their names; all of them when none are named. */
function liesOf<State, Message, Record>(
  { actors, whole }: SimulatedSubject<State, Message, Record>,
  named: readonly string[] | undefined,
): Pick<PlanChoices, 'actors' | 'clerks'> {
  if (named === undefined) return { actors: [TWIN, AMNESIAC, ...actors.keys()], clerks: whole?.clerks };
  const clerks = whole && [...whole.clerks, ...whole.namedClerks].filter((name) => named.includes(name));
  const own = named.filter((name) => clerks?.includes(name) !== true);
  // A member that lies only beside the protocol keeps to the protocol itself.
  return { actors: own.length === 0 && named.length > 0 ? [FAITHFUL] : own, clerks };
}
