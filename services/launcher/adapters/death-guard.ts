import { spawn } from 'node:child_process';

/** Lasts until `end`, or until this process is gone. */
export interface DeathGuard {
  end(): void;
}

/**
 * A shell on a pipe of ours: the pipe closes when we are gone, however we died, and the shell then sends `signal` to the
 * process.
 */
export function signalledAfterUs(pid: number, signal: 'TERM' | 'CONT'): DeathGuard {
  const shell = spawn('/bin/sh', ['-c', `read -r _; kill -${signal} "$1"`, 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: {},
  });
  // Without a shell the process outlives us, which is no reason to end now.
  shell.on('error', () => undefined);
  return { end: () => void shell.kill('SIGKILL') };
}
