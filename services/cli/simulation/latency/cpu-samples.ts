import { performance } from 'node:perf_hooks';

/** Samples are short and many: other work of the machine spoils some of them, and never makes one better. */
const SAMPLES_MAX = 40;
const SAMPLES_MIN = 5;
const BUDGET_MS = 400;
/** The share of samples that count as undisturbed. */
const QUIET_SHARE = 0.25;

export interface WorkTime {
  /** Work of cores, of all threads of this process. */
  readonly cpuMs: number;
  /** From beginning to end, waiting included. */
  readonly wallMs: number;
}

/** The time that `times` calls take, by the call: a low quartile of some samples of it. */
export async function timeOf(times: number, work: () => unknown): Promise<WorkTime> {
  const cpu: number[] = [];
  const wall: number[] = [];
  await work();
  const endMs = performance.now() + BUDGET_MS;
  while (cpu.length < SAMPLES_MIN || (cpu.length < SAMPLES_MAX && performance.now() < endMs)) {
    const startMs = performance.now();
    const before = process.cpuUsage();
    for (let call = 0; call < times; call++) await work();
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1_000 / times);
    wall.push((performance.now() - startMs) / times);
  }
  return { cpuMs: quietOf(cpu), wallMs: quietOf(wall) };
}

/** The low quartile. */
export function quietOf(samples: readonly number[]): number {
  const ascending = samples.toSorted((a, b) => a - b);
  return ascending[Math.floor(QUIET_SHARE * ascending.length)] ?? 0;
}

/** Two sizes of one thing and what each takes, as so much for one and so much for each byte. */
export function lineThrough(
  small: { readonly bytes: number; readonly cpuMs: number },
  large: { readonly bytes: number; readonly cpuMs: number },
): { readonly us: number; readonly byteNs: number } {
  const byteMs = Math.max(0, (large.cpuMs - small.cpuMs) / (large.bytes - small.bytes));
  return { us: Math.max(0, small.cpuMs - byteMs * small.bytes) * 1_000, byteNs: byteMs * 1_000_000 };
}
