import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { within } from '#test/support/within.ts';
import type { SignerHome } from '../signer-home.ts';

const CORE = fileURLToPath(new URL('../../../../services/signer/main-core.ts', import.meta.url));
const RELEASE_FIRST = fileURLToPath(new URL('release-first-core.ts', import.meta.url));
/** Generous: the machine may be busy, and strace makes a start several times as long. */
const START_MS_MAX = 300_000;
const END_MS_MAX = 240_000;
const TRACE_LINES_SHOWN = 6;

/** Everything by which the store and its mirror write, and wait for the disk. */
export const SYSCALLS = ['pwrite64', 'fsync'] as const;
export type Syscall = (typeof SYSCALLS)[number];

export interface TracedRunOptions {
  /** The core that lets signatures out before they are recorded. */
  readonly isMutant: boolean;
  /** More words for strace; undefined: without it, where nothing can be asked about calls. */
  readonly filter: readonly string[] | undefined;
}

/** Long after the replies, when the mutant would record its signatures. */
const LATE_MS = 300_000;

/** One life of a core, in a copy of its folder. */
export class TracedRun {
  readonly folder: string;
  readonly socket: string;
  readonly #root: string;
  readonly #trace: string;
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;
  /** Its output for a person, complete once it has exited. */
  readonly said: Promise<string>;

  constructor({ config }: SignerHome, { isMutant, filter }: TracedRunOptions) {
    this.#root = mkdtempSync(join(tmpdir(), 'btcfed-syscalls-'));
    this.folder = join(this.#root, 'signer');
    this.socket = join(this.#root, 'core.sock');
    this.#trace = join(this.#root, 'trace');
    cpSync(config.SIGNER_FOLDER, this.folder, { recursive: true });
    const node = [process.execPath, isMutant ? RELEASE_FIRST : CORE];
    const strace = ['strace', '-D', '-f', '-y', '-o', this.#trace, '-e', `trace=${SYSCALLS.join()}`];
    const [command = '', ...args] = filter === undefined ? node : [...strace, ...filter, ...node];
    const late = filter === undefined ? { RELEASE_LATE_MS: String(LATE_MS) } : {};
    this.#child = spawn(command, args, {
      env: { SIGNER_CORE_SOCKET: this.socket, SIGNER_CORE_FOLDER: this.folder, ...late },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#exit = once(this.#child, 'exit');
    this.said = this.#child.stderr === null ? Promise.resolve('') : text(this.#child.stderr);
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Whether it ends by itself; asked when nothing is left to do but that. */
  async ended(): Promise<boolean> {
    return within('the end of the core', this.#exit, END_MS_MAX).then(
      () => true,
      () => false,
    );
  }

  /** False when it ended before it served. */
  async serving(): Promise<boolean> {
    const { stdout } = this.#child;
    if (stdout === null) return false;
    const lines = createInterface({ input: stdout });
    const started = new Promise<boolean>((resolve) => {
      lines.on('line', (line) => {
        if (line.includes('"service started"')) resolve(true);
      });
    });
    return within(
      'the core to serve or to end',
      Promise.race([started, this.#exit.then(() => false)]),
      START_MS_MAX,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${this.#whereItIs()}`);
    });
  }

  /** The present and last work of its threads, for a developer who looks for the reason of a wait. */
  #whereItIs(): string {
    const tasks = `/proc/${this.#child.pid}/task`;
    const threads = readdirSync(tasks).map((thread) => {
      const state = readFileSync(join(tasks, thread, 'status'), 'utf8').match(/^State:\s*(.*)$/m)?.[1];
      return `${thread} ${state} in ${readFileSync(join(tasks, thread, 'wchan'), 'utf8')}`;
    });
    const lines = readFileSync(this.#trace, 'utf8').trim().split('\n').slice(-TRACE_LINES_SHOWN);
    return [...threads, ...lines].join('; ');
  }

  /** Whether the fault happened: a run without one proves nothing. */
  wasHit(): boolean {
    return /\(INJECTED\)$|killed by SIGKILL/m.test(readFileSync(this.#trace, 'utf8'));
  }

  /** Path of the file whose write or sync failed; undefined for a kill. */
  failedAt(): string | undefined {
    const [line] = readFileSync(this.#trace, 'utf8').match(/^.*\(INJECTED\)$/m) ?? [];
    return line?.match(/<(?<path>[^>]*)>/)?.groups?.['path'];
  }

  /** Calls so far. */
  counts(): Record<Syscall, number> {
    const text = readFileSync(this.#trace, 'utf8');
    // strace counts for each thread; the store is the first one's.
    const calls = text.split('\n').filter((line) => line.startsWith(`${this.#child.pid} `));
    const of = (syscall: Syscall) => calls.filter((line) => line.includes(` ${syscall}(`)).length;
    return { pwrite64: of('pwrite64'), fsync: of('fsync') };
  }

  /** Ends it as a power switch would, if it still runs. */
  async end(): Promise<void> {
    if (!this.#hasEnded) this.#child.kill('SIGKILL');
    await within('the end of the core', this.#exit, END_MS_MAX);
  }

  async remove(): Promise<void> {
    await this.end();
    rmSync(this.#root, { recursive: true, force: true });
  }
}
