import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { promisify } from 'node:util';
import type { ClockSource } from '../core/host-clock.ts';

const run = promisify(execFile);
/** A program that answers later is stuck: timedatectl waits for a bus that is not there. */
const PROGRAM_MS_MAX = 2_000;
/** systemd-timesyncd touches this file each time it sets the clock, at least every 34 minutes while it reaches a server. */
const TIMESYNCD = '/run/systemd/timesync/synchronized';
const TIMESYNCD_AGE_MS_MAX = 2 * 3_600_000;
/** The clock is adjusted a little now and then. */
const AHEAD_MS_MAX = 1_000;

/** The call adjtimex(2) by the kind of processor; with an empty request it only reads. */
const ADJTIMEX = new Map([
  ['x64', 159],
  ['arm64', 171],
]);
/** `time_state status maxerror`, of struct timex on 64 bits. */
const ASK_KERNEL = String.raw`my $t = "\0" x 256; my $s = syscall($ARGV[0], $t); printf "%d %d %d\n", $s, unpack("x40 l", $t), unpack("x24 q", $t);`;
const TIME_ERROR = 5;
const STA_UNSYNC = 0x40;

/**
 * The words of all that could be asked whether the clock is synchronised, up to the first yes: a file of systemd-timesyncd, the
 * kernel (perl has the call that Node lacks), chronyd, systemd.
 */
export async function clockSources(nowMs: number): Promise<readonly ClockSource[]> {
  const sources: ClockSource[] = [];
  for (const ask of [() => timesyncd(nowMs), kernel, chrony, systemd]) {
    const answer = await ask();
    if (answer !== undefined) sources.push(answer);
    if (answer?.isSynchronised === true) break;
  }
  return sources;
}

async function timesyncd(nowMs: number): Promise<ClockSource | undefined> {
  const stats = statSync(TIMESYNCD, { throwIfNoEntry: false });
  if (stats === undefined || !isRecent(stats.mtimeMs, nowMs)) return undefined;
  return { source: 'systemd-timesyncd', isSynchronised: true };
}

/**
 * Whether the clock was set not long ago. An old file says nothing, for nobody takes it away when the servers are lost; nor does one of
 * a time to come: the clock was set back since.
 */
export function isRecent(setMs: number, nowMs: number): boolean {
  return Math.abs(nowMs - setMs) <= (nowMs < setMs ? AHEAD_MS_MAX : TIMESYNCD_AGE_MS_MAX);
}

async function kernel(): Promise<ClockSource | undefined> {
  const call = ADJTIMEX.get(process.arch);
  if (call === undefined || process.platform !== 'linux') return undefined;
  return kernelAnswer(await output('perl', ['-e', ASK_KERNEL, String(call)]));
}

/** The answer of the kernel as the three numbers of `ASK_KERNEL`. */
export function kernelAnswer(text: string | undefined): ClockSource | undefined {
  const [, state, status, errorUs] = /^(\d+) (\d+) (\d+)$/.exec(text?.trim() ?? '') ?? [];
  if (state === undefined) return undefined;
  const isSynchronised = Number(state) !== TIME_ERROR && (Number(status) & STA_UNSYNC) === 0;
  const source = 'the kernel';
  return isSynchronised
    ? { source, isSynchronised, errorMs: Number(errorUs) / 1_000 }
    : { source, isSynchronised };
}

async function chrony(): Promise<ClockSource | undefined> {
  return chronyAnswer(await output('chronyc', ['-c', 'tracking']));
}

/** The line of `chronyc -c tracking`: the fifth field is the offset in seconds, the last the leap status. */
export function chronyAnswer(text: string | undefined): ClockSource | undefined {
  const fields = (text ?? '').trim().split(',');
  if (fields.length < 14) return undefined;
  const isSynchronised = fields.at(-1) !== 'Not synchronised';
  const errorMs = Math.abs(Number(fields[4])) * 1_000;
  return { source: 'chronyd', isSynchronised, ...(isSynchronised ? { errorMs } : {}) };
}

async function systemd(): Promise<ClockSource | undefined> {
  return systemdAnswer(await output('timedatectl', ['show', '--property=NTPSynchronized', '--value']));
}

export function systemdAnswer(text: string | undefined): ClockSource | undefined {
  const word = text?.trim();
  if (word !== 'yes' && word !== 'no') return undefined;
  return { source: 'timedatectl', isSynchronised: word === 'yes' };
}

/** Undefined where the program is missing, refuses or does not end. */
async function output(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await run(program, [...args], { timeout: PROGRAM_MS_MAX })).stdout;
  } catch {
    return undefined; // Another source is asked, and without any the answer is "unknown".
  }
}
