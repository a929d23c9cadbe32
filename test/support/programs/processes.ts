import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { until, within } from '#test/support/within.ts';

/** A killed process holds its files and ports until the kernel has taken it apart. */
export async function untilGone(pid: number | undefined): Promise<void> {
  if (pid !== undefined) await until(`the end of process ${pid}`, () => !isAlive(pid));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** `kill -9` to a child, unless it has ended by itself; resolves when it is gone. */
export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await within('the end of a process', gone);
}

/**
 * Processes that are stopped for a while. A stopped one hears neither SIGTERM nor that we are gone, so each has a shell
 * beside it that lets it go on when we die.
 */
export class Pauses implements Disposable {
  readonly #guards = new Map<number, ChildProcess>();

  /** SIGSTOP. */
  pause(pid: number): void {
    process.kill(pid, 'SIGSTOP');
    const guard = spawn('/bin/sh', ['-c', 'read -r _; kill -CONT "$1"', 'sh', String(pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.#guards.set(pid, guard);
  }

  /** SIGCONT, if it is still there. */
  resume(pid: number): void {
    this.#guards.get(pid)?.kill('SIGKILL');
    this.#guards.delete(pid);
    if (isAlive(pid)) process.kill(pid, 'SIGCONT');
  }

  [Symbol.dispose](): void {
    for (const pid of [...this.#guards.keys()]) this.resume(pid);
  }
}
