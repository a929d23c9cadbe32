import { execFileSync } from 'node:child_process';
import { z } from 'zod';

const ROOT = new URL('../../..', import.meta.url).pathname;
const BENCH = new URL('../bench.ts', import.meta.url).pathname;
/** Twenty-one members start slowly on a small machine. */
const RUN_MS_MAX = 3_600_000;
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

const REPORT = z.object({
  federations: z.tuple([
    z.object({ commitMsP50: z.number().positive(), commitCpuMs: z.number().positive() }),
  ]),
});

export interface RealDecision {
  readonly p50Ms: number;
  readonly cpuMs: number;
}

/** The time that single decisions of a real federation take on this machine: all its members in processes of their own. */
export function realDecision(members: number, samples: number): RealDecision {
  const args = [BENCH, '--members', `${members}`, '--samples', `${samples}`, '--load', '0', '--idle', '5'];
  const output = execFileSync(process.execPath, [...args, '--json'], {
    cwd: ROOT,
    maxBuffer: OUTPUT_BYTES_MAX,
    timeout: RUN_MS_MAX,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [{ commitMsP50, commitCpuMs }] = REPORT.parse(JSON.parse(output.toString())).federations;
  return { p50Ms: commitMsP50, cpuMs: commitCpuMs };
}
