import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Generous: the machine may be busy with other tests, and a block may hold some dozen commands. */
export const BLOCK_MS_MAX = 300_000;
/** A node decides what it must and stops its services in less than half of it. */
const STOP_MS_MAX = 120_000;

export interface Place {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A shell on a host, and all that its commands say, to both streams, in order. It stops at the first that fails. */
export class Terminal implements AsyncDisposable {
  readonly ended: Promise<number | undefined>;
  readonly #shell: ChildProcess;
  #said = '';
  #isClosed = false;

  constructor(script: string, { cwd, env }: Place) {
    const whole = `exec 2>&1\n${script}`;
    // A group of its own, so that all that the shell has started ends with it; and a guard beside it that ends the group when we die.
    this.#shell = spawn('bash', ['-e', '-o', 'pipefail', '-c', whole], {
      ...{ cwd, env, detached: true },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const guard = spawn('/bin/sh', ['-c', 'read -r _; kill -TERM -- "-$1"', 'sh', String(this.#shell.pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.#shell.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
    });
    this.ended = once(this.#shell, 'close').then(([code]) => {
      this.#isClosed = true;
      guard.kill('SIGKILL');
      return code ?? undefined;
    });
  }

  get said(): string {
    return this.#said;
  }

  /** Nobody of its group says anything any more. */
  get isOver(): boolean {
    return this.#isClosed;
  }

  /** The exit code, if it comes in time. */
  async exitCode(): Promise<number | undefined> {
    const late = sleep(BLOCK_MS_MAX, 'late' as const, { ref: false });
    const code = await Promise.race([this.ended, late]);
    assert.notEqual(code, 'late', `it goes on after ${BLOCK_MS_MAX} ms:\n${this.#said}`);
    return code === 'late' ? undefined : code;
  }

  /** Ctrl-C, and after a while the end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal('SIGINT');
    await Promise.race([this.ended, sleep(STOP_MS_MAX, undefined, { ref: false })]);
    this.#signal('SIGKILL');
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#shell.pid === undefined || this.#isClosed) return;
    try {
      process.kill(-this.#shell.pid, signal);
    } catch {
      // The whole group is gone.
    }
  }
}
