import { readdirSync, readFileSync } from 'node:fs';

const NS_PER_S = 1e9;

/**
 * Seconds of processor time that these processes have used since they began, all threads together. From the
 * scheduler's own count in nanoseconds: /proc/PID/stat counts hundredths of a second, and thirty idle processes lose
 * more to rounding than they use.
 */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.flatMap(threadsOf).reduce((sum, thread) => sum + runNs(thread), 0) / NS_PER_S;
}

function threadsOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/task`;
  return readdirSync(folder).map((thread) => `${folder}/${thread}/schedstat`);
}

/** The first field is the time spent on a processor. */
function runNs(file: string): number {
  return Number.parseInt(readFileSync(file, 'latin1'), 10);
}
