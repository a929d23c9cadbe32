import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { rotateFile } from '#libs/log/rotate-file.ts';
import type { LogCommand } from '#libs/service/log-commands.ts';
import { OUTPUT_FILE_BYTES_MAX } from '../words/limits.ts';
import { type DeathGuard, signalledAfterUs } from './death-guard.ts';
import { endOf, type ProcessEnd } from './last-words.ts';

export interface ProcessSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** All that the process gets; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Standard output is appended to this file, or goes to this descriptor of ours. */
  readonly output: string | number;
  /** Standard error is appended to this file; its last sentence explains an early exit. */
  readonly errorFile: string;
  /**
   * How it ends when this process is gone, however that died. `channel`: a service of ours notices that its IPC
   * channel closed. `guard`: a foreign program knows nothing of us, so a shell waits for our death and ends it.
   */
  readonly tether: 'channel' | 'guard';
}

const FILE_MODE = 0o600;

/** One running process. It has a process group of its own: Ctrl-C reaches only us, and we stop all in order. */
export class ServiceProcess {
  readonly exited: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  /** There while it is paused. */
  #pauseGuard: DeathGuard | undefined;

  private constructor(child: ChildProcess, exited: Promise<ProcessEnd>) {
    this.#child = child;
    this.exited = exited;
  }

  static start(spec: ProcessSpec): ServiceProcess {
    const out = typeof spec.output === 'number' ? spec.output : openOutput(spec.output);
    const error = openOutput(spec.errorFile);
    try {
      const startOffset = fstatSync(error).size;
      const child = spawn(spec.command, [...spec.args], {
        cwd: spec.cwd,
        env: { ...spec.env },
        stdio: ['ignore', out, error, ...(spec.tether === 'channel' ? (['ipc'] as const) : [])],
        detached: true,
      });
      if (spec.tether === 'guard') guard(child);
      const started = new ServiceProcess(child, endOf(child, { file: spec.errorFile, startOffset }));
      child.once('exit', () => started.#pauseGuard?.end());
      return started;
    } finally {
      if (typeof spec.output === 'string') closeSync(out);
      closeSync(error);
    }
  }

  /** Undefined when it never started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Changes its log; lost when it is about to end. Only for one that has a channel. */
  tellLogging(section: LogCommand['section']): void {
    const command: LogCommand = { kind: 'log', section };
    // Without the callback a channel that has just closed would throw.
    if (this.#child.connected) this.#child.send(command, () => undefined);
  }

  get isPaused(): boolean {
    return this.#pauseGuard !== undefined;
  }

  /**
   * It keeps its connections and does nothing more. It does not notice that its channel closed either, so a guard lets it go
   * on when we are gone.
   */
  pause(): void {
    if (this.isPaused || this.pid === undefined) return;
    this.#pauseGuard = signalledAfterUs(this.pid, 'CONT');
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
    this.#pauseGuard?.end();
    this.#pauseGuard = undefined;
  }

  /** Asks it to stop, and ends it when it has not by `graceMs`. Returns when it is gone. */
  async stop(graceMs: number): Promise<void> {
    if (this.isPaused) this.resume();
    this.#child.kill('SIGTERM');
    const deadline = setTimeout(() => this.kill(), graceMs);
    await this.exited;
    clearTimeout(deadline);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

/** Opened to append; begun anew when it has grown large, because nobody rotates it while the process runs. */
function openOutput(file: string): number {
  const descriptor = openSync(file, 'a', FILE_MODE);
  const { size, ino } = fstatSync(descriptor);
  if (size < OUTPUT_FILE_BYTES_MAX) return descriptor;
  try {
    rotateFile(file, ino);
  } catch {
    // A disk without room for one more file: it grows on, and the service is started all the same.
    return descriptor;
  }
  closeSync(descriptor);
  return openSync(file, 'a', FILE_MODE);
}

/** It knows nothing of us, and must not outlive us. */
function guard(child: ChildProcess): void {
  if (child.pid === undefined) return; // The process never started; its `error` event tells of it.
  const shell = signalledAfterUs(child.pid, 'TERM');
  child.once('exit', () => shell.end());
}
