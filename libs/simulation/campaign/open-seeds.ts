import type { RunResult } from '../run/run-result.ts';
import { minimise } from './minimise.ts';
import type { SimulatedProtocol } from './simulated-protocol.ts';
import { smallSchedule } from './small-schedule.ts';
import type { Failure, OpenTask, SeedsTask } from './task.ts';

/** One run for each seed; the plan of a failed run is made as small as possible. */
export function openSeeds(task: SeedsTask, protocol: SimulatedProtocol): OpenTask {
  return {
    cases: task.seeds,
    runs: task.seeds,
    run: (at) => {
      const seed = task.from + at;
      const result = named(seed, () => runChecked(task, seed, protocol));
      const failures = result.violations.length === 0 ? [] : [failureOf(task, seed, { result, protocol })];
      if (task.tellsHash !== true) return { runs: 1, failures };
      return { runs: 1, failures, hashes: [{ seed, traceHash: result.traceHash }] };
    },
  };
}

/** @throws Error that names the seed, when the simulator itself ends in one. */
function named<Result>(seed: number, run: () => Result): Result {
  try {
    return run();
  } catch (cause) {
    throw new Error(`the simulator ended in an error at seed ${seed}: ${cause}`, { cause });
  }
}

/** Each seed runs twice when nothing else is asked for. */
const REPEAT = 1;

/**
 * Runs a seed, and some seeds twice: a difference between the two runs is a violation like any other. The second run
 * goes without the checkers, which saves a quarter of its time and shows that they change nothing. After a violation
 * it has them too, because the violation may have ended the first run early.
 */
function runChecked(task: SeedsTask, seed: number, protocol: SimulatedProtocol): RunResult {
  const result = protocol.run({ ...task, seed });
  if (seed % (task.repeat ?? REPEAT) !== 0) return result;
  const again = protocol.run({ ...task, seed, isChecked: result.violations.length > 0 });
  if (again.traceHash === result.traceHash) return result;
  const { steps: step, virtualMs: atMs } = result;
  const text = `two runs of the seed differ: ${result.traceHash} and ${again.traceHash}`;
  return {
    ...result,
    violations: [{ invariant: 'M1', kind: 'other', text, step, atMs }, ...result.violations],
  };
}

interface Failed {
  readonly result: RunResult;
  readonly protocol: SimulatedProtocol;
}

function failureOf(task: SeedsTask, seed: number, { result, protocol }: Failed): Failure {
  const given = task.without ?? [];
  const run = (without: readonly string[]) => protocol.run({ ...task, seed, without });
  // Entries are numbered as the seed drew them, so entries that are left out already must keep their numbers.
  const full = given.length === 0 ? result : run([]);
  const found = minimise({ ...full, violations: result.violations }, (more) => run([...given, ...more]));
  const without = [...new Set([...given, ...found])];
  const small = run(without);
  return {
    name: `seed ${seed}`,
    violations: result.violations,
    schedule: smallSchedule(small.plan),
    replay: replayOf({ ...task, without }, seed),
  };
}

function replayOf(task: SeedsTask, seed: number): string {
  const { protocol, members, mode, isWhole, actors, faults, without = [] } = task;
  const lists = [
    ['mode', mode === undefined ? undefined : [mode]],
    ['nodes', isWhole === undefined ? undefined : [isWhole ? 'whole' : 'replicas']],
    ['actors', actors],
    ['faults', faults],
    ['without', without.length === 0 ? undefined : without],
  ] as const;
  const options = lists.map(([name, list]) =>
    list === undefined ? '' : ` --${name} ${list.join(',') || 'none'}`,
  );
  return `--protocol ${protocol} --members ${members}${options.join('')} --replay ${seed}`;
}
