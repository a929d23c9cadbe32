import type { CrashPoint, Plan } from '../plan/plan.ts';
import { FAULTS, planWithout } from '../plan/plan-without.ts';
import type { SimulatedProtocol } from './simulated-protocol.ts';
import type { CrashTask, OpenTask } from './task.ts';

/** The same good network each time: only the crash differs. */
const SEED = 1;

/** Long enough for the blocks, the crash and the way back; the checks of progress come after it. */
const FAULTS_MS = 800;

/**
 * Every crash point (libs/simulation/README.md B.3): before and after each effect of each member until the wanted
 * number of blocks; first a crash of that member alone, then a crash of all at once, who lose their unsynced writes.
 */
export function openCrashes(task: CrashTask, protocol: SimulatedProtocol): OpenTask {
  const run = (points: readonly CrashPoint[], stopsAtHeight?: number) =>
    protocol.run({
      seed: SEED,
      members: task.members,
      actors: [],
      adjust: (plan) => calm(plan, points),
      ...(stopsAtHeight === undefined ? {} : { stopsAtHeight }),
    });
  const points = crashPoints(run([], task.blocks).effects);
  return {
    cases: points.length,
    runs: points.length,
    run: (at) => {
      const point = points[at];
      if (point === undefined) return { runs: 0, failures: [] };
      const { violations } = run([point]);
      if (violations.length === 0) return { runs: 1, failures: [] };
      const replay = `--crash exhaustive --members ${task.members} --blocks ${task.blocks} --shard ${at + 1}/${points.length}`;
      return { runs: 1, failures: [{ name: nameOf(point), violations, schedule: { ...point }, replay }] };
    },
  };
}

function calm(plan: Plan, points: readonly CrashPoint[]): Plan {
  const rest = planWithout(plan, FAULTS);
  return {
    ...rest,
    gstMs: FAULTS_MS,
    losesUnsynced: true,
    signMsMax: 3,
    verifyMsMax: 1,
    transactionMs: 20,
    crashPoints: points,
  };
}

/** @param effects - How many effects each member had. */
function crashPoints(effects: readonly number[]): readonly CrashPoint[] {
  return [false, true].flatMap((isPowerCut) =>
    effects.flatMap((count, instance) =>
      Array.from({ length: 2 * count }, (_, at) => ({
        instance,
        effect: Math.floor(at / 2) + 1,
        isAfter: at % 2 === 1,
        isPowerCut,
      })),
    ),
  );
}

function nameOf({ instance, effect, isAfter, isPowerCut }: CrashPoint): string {
  const what = isPowerCut ? 'power cut' : 'crash';
  return `${what} ${isAfter ? 'after' : 'before'} effect ${effect} of member ${instance}`;
}
