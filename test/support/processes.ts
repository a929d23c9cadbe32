import { setTimeout as sleep } from 'node:timers/promises';

const DEATH_POLL_MS = 5;

/** A killed process holds its files and ports until the kernel has taken it apart. */
export async function untilGone(pid: number | undefined): Promise<void> {
  while (pid !== undefined && isAlive(pid)) await sleep(DEATH_POLL_MS);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A stopped process does not hear SIGTERM. */
export function resume(pid: number): void {
  if (isAlive(pid)) process.kill(pid, 'SIGCONT');
}
