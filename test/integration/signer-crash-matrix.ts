import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import {
  type CoreSyscalls,
  SYSCALL_FAULTS,
  type SyscallCounts,
  type SyscallFault,
  type SyscallPlan,
  type SyscallResult,
} from '#test/support/signer/crashes/core-syscalls.ts';
import { SYSCALLS } from '#test/support/signer/crashes/traced-core.ts';

export interface MatrixOptions {
  /** Every nth point only. */
  readonly every: number;
  /** This part of all points, from 1. */
  readonly shard: { readonly part: number; readonly of: number };
  /** Results of earlier runs, a line each; read first, then added to. */
  readonly resume: string | undefined;
  /** Time after which no other point is begun. */
  readonly endMs: number;
  readonly say: (line: string) => void;
}

export interface MatrixReport {
  readonly counts: SyscallCounts;
  readonly points: number;
  readonly runs: number;
  readonly left: number;
  readonly released: number;
  readonly violations: readonly string[];
  /** Points that were tried a second time, with the reason: the laboratory, not the core. */
  readonly again: readonly string[];
}

interface PointResult extends SyscallResult {
  readonly point: string;
  readonly again?: string;
}

const SAID_EVERY = 10;

/** Every write and every sync of a real core, from its start to its last signature, ended and failing in each way. */
export async function crashMatrix(lab: CoreSyscalls, options: MatrixOptions): Promise<MatrixReport> {
  const counts = await lab.count();
  const plans = plansOf(counts, options);
  const known = resultsIn(options.resume);
  const results: PointResult[] = [];
  for (const plan of plans) {
    const found = known.get(nameOf(plan)) ?? (performance.now() < options.endMs && (await tried(lab, plan)));
    if (found === false) continue;
    if (!known.has(found.point) && options.resume !== undefined)
      appendFileSync(options.resume, `${JSON.stringify(found)}\n`);
    results.push(found);
    if (results.length % SAID_EVERY === 0) options.say(progress(results, plans.length));
  }
  return {
    ...{ counts, points: plans.length, runs: results.length, left: plans.length - results.length },
    released: results.reduce((sum, { released }) => sum + released, 0),
    violations: results.flatMap(({ point, violations }) => violations.map((text) => `${point}: ${text}`)),
    again: results.flatMap(({ point, again }) => (again === undefined ? [] : [`${point}: ${again}`])),
  };
}

function progress(results: readonly PointResult[], points: number): string {
  const bad = results.filter(({ violations }) => violations.length > 0).length;
  return `${results.length} of ${points} points, ${bad} with violations, last: ${results.at(-1)?.point}`;
}

function plansOf(
  counts: SyscallCounts,
  { every, shard }: Pick<MatrixOptions, 'every' | 'shard'>,
): readonly SyscallPlan[] {
  const faults = Object.keys(SYSCALL_FAULTS) as SyscallFault[];
  const all = SYSCALLS.flatMap((syscall) =>
    faults.flatMap((fault) =>
      Array.from({ length: counts[syscall].all }, (_, index) => ({ syscall, fault, at: index + 1 })),
    ),
  );
  return all.filter(
    (_, index) => index % every === 0 && Math.floor(index / every) % shard.of === shard.part - 1,
  );
}

const nameOf = ({ syscall, fault, at }: SyscallPlan): string => `${fault} at ${syscall} ${at}`;

/** Runs a point once more when the run itself failed, or no fault came; a second failure is a violation. */
async function tried(lab: CoreSyscalls, plan: SyscallPlan): Promise<PointResult> {
  const point = nameOf(plan);
  const first = await attempt(lab, plan);
  if (typeof first !== 'string') return { point, ...first };
  const second = await attempt(lab, plan);
  if (typeof second !== 'string') return { point, ...second, again: first };
  return { point, released: 0, wasHit: false, violations: [`twice: ${first}; ${second}`] };
}

async function attempt(lab: CoreSyscalls, plan: SyscallPlan): Promise<SyscallResult | string> {
  try {
    const result = await lab.run(plan);
    return result.wasHit || result.violations.length > 0 ? result : 'the fault never came';
  } catch (error) {
    return String(error);
  }
}

function resultsIn(path: string | undefined): ReadonlyMap<string, PointResult> {
  if (path === undefined || !existsSync(path)) return new Map();
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.length > 0);
  return new Map(
    lines.map((line): [string, PointResult] => {
      const result: PointResult = JSON.parse(line);
      return [result.point, result];
    }),
  );
}
