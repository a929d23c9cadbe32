import { prng } from '#libs/random/prng.ts';
import type { Violation } from '../checks/findings.ts';
import type { RunResult } from '../run/run-result.ts';
import { drawScenario } from '../twins/draw-scenario.ts';
import { scenarioPlan, type TwinsScenario } from '../twins/scenario.ts';
import type { SimulatedProtocol } from './simulated-protocol.ts';
import type { Batch, Expectation, OpenTask, ScenariosTask, TwinsSampleTask } from './task.ts';

/** Scenarios of a seed each, at any size: leaders, splits of views and of phases by chance. */
export function openTwinsSample(task: TwinsSampleTask, protocol: SimulatedProtocol): OpenTask {
  const { members, views, from, seeds } = task;
  return {
    cases: seeds,
    runs: seeds,
    run: (at) => {
      const seed = from + at;
      const scenario = drawScenario(prng(seed).stream('scenario'), {
        members,
        views,
        steps: protocol.shape.steps,
      });
      const result = runScenario(protocol, scenario, seed);
      const replay = `--twins sample --members ${members} --views ${views} --from ${seed} --seeds 1`;
      return batchOf(`scenario of seed ${seed}`, scenario, { violations: result.violations, replay });
    },
  };
}

/** Scenarios of a file, each with its expected result. */
export function openScenarios(
  { file, seed, scenarios }: ScenariosTask,
  protocol: SimulatedProtocol,
): OpenTask {
  return {
    cases: scenarios.length,
    runs: scenarios.length,
    run: (at) => {
      const entry = scenarios[at];
      if (entry === undefined) return { runs: 0, failures: [] };
      const { scenario, expect } = entry;
      const violations = judged(runScenario(protocol, scenario, seed + at), expect);
      return batchOf(`scenario ${at} of ${file}`, scenario, { violations, replay: `--scenario ${file}` });
    },
  };
}

function runScenario(protocol: SimulatedProtocol, scenario: TwinsScenario, seed: number): RunResult {
  const { members } = scenario;
  return protocol.run({
    seed,
    members,
    actors: [],
    adjust: (plan) => scenarioPlan(plan, scenario, protocol.votes),
  });
}

/** The unmet expectations of a scenario. A scenario that is expected to fork fails when it does not. */
function judged({ violations, heightAtGst }: RunResult, { safe, minCommits, maxCommits }: Expectation) {
  const missed: string[] = [];
  const isSafe = violations.every(({ kind }) => kind !== 'fork' && kind !== 'double-sign');
  if (!safe && isSafe) missed.push('no fork, although one is expected');
  if (heightAtGst < minCommits) missed.push(`${heightAtGst} commits, at least ${minCommits} are expected`);
  if (heightAtGst > maxCommits) missed.push(`${heightAtGst} commits, at most ${maxCommits} are expected`);
  const unexpected = missed.map(
    (text): Violation => ({ invariant: 'EXPECT', kind: 'other', text, step: 0, atMs: 0 }),
  );
  return safe ? [...violations, ...unexpected] : unexpected;
}

interface Outcome {
  readonly violations: readonly Violation[];
  readonly replay: string;
}

function batchOf(name: string, scenario: TwinsScenario, { violations, replay }: Outcome): Batch {
  const failures = violations.length === 0 ? [] : [{ name, violations, schedule: { ...scenario }, replay }];
  return { runs: 1, failures };
}
