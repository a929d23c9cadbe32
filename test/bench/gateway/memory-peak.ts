import { readFileSync } from 'node:fs';

const PEAK = /^VmHWM:\s+(\d+) kB$/m;
const KIB_PER_MIB = 1024;

/** The most memory that a process has had at one time, in MiB. */
export function peakMib(pid: number): number {
  const [, kib] = PEAK.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  return Math.round(Number(kib) / KIB_PER_MIB);
}
