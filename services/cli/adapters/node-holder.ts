import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MemberPaths } from '#services/launcher/core/member-home.ts';
import { CliError } from '#services/launcher/words/errors.ts';
import { holdersOf } from './node-processes.ts';
import { textOfFile } from './text-of-file.ts';

const LOOK_MS = 100;

/** Four services stop one after the other, each within 7 s. */
const STOP_MS_MAX = 40_000;

/**
 * Stops the process of `btcfed node` that runs a home, as SIGTERM does, and waits until it is gone.
 *
 * @throws CliError where none is seen: there is no /proc, it is another user's, or `btcfed up` runs the home with others.
 */
export async function stoppedNode({
  home,
  runFolder,
}: Pick<MemberPaths, 'home' | 'runFolder'>): Promise<void> {
  const lock = join(runFolder, '.lock');
  const pid = holdersOf(lock).find(isNodeCommand);
  if (pid === undefined) {
    const why = `no process of "btcfed node" is seen here that runs ${home}`;
    const cure = 'it is drained: stop it by what started it';
    throw new CliError(`${why}; ${cure}`, { code: 'CLI_INVALID_INPUT' });
  }
  process.kill(pid, 'SIGTERM');
  const untilMs = performance.now() + STOP_MS_MAX;
  while (holdersOf(lock).includes(pid)) {
    if (performance.now() >= untilMs) {
      const message = `process ${pid} did not stop within ${STOP_MS_MAX / 1_000} s: it is drained, kill it`;
      throw new CliError(message, { code: 'CLI_DEADLINE_PASSED' });
    }
    await sleep(LOOK_MS);
  }
}

/** `up` holds the homes of a whole federation. */
function isNodeCommand(pid: number): boolean {
  const words = textOfFile(`/proc/${pid}/cmdline`)?.split('\0') ?? [];
  return words.includes('node', 1) && !words.includes('up');
}
