import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import type { SignTimeoutRequest, SignVoteRequest } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import { coreClient } from '#services/signer/adapters/core-client.ts';
import { openCore } from '#services/signer/open-core.ts';
import type { SignerApi } from '#services/signer/signer-api.ts';
import { blockOn, GENESIS } from './hotstuff-harness.ts';
import { type SignerHome, signerHome } from './signer-home.ts';
import { within } from './within.ts';

const CORE = fileURLToPath(new URL('../../services/signer/main-core.ts', import.meta.url));
const RELEASE_FIRST = fileURLToPath(new URL('release-first-core.ts', import.meta.url));
/** Generous: the machine may be busy, and strace makes a start several times as long. */
const START_MS_MAX = 90_000;
const END_MS_MAX = 40_000;
const PROBE_MS_MAX = 10_000;

/** Everything by which the store and its mirror write, and wait for the disk. */
export const SYSCALLS = ['pwrite64', 'fsync'] as const;
export type Syscall = (typeof SYSCALLS)[number];
export const SYSCALL_FAULTS = { kill: 'signal=KILL', EIO: 'error=EIO', ENOSPC: 'error=ENOSPC' } as const;
export type SyscallFault = keyof typeof SYSCALL_FAULTS;

export interface SyscallPlan {
  readonly syscall: Syscall;
  readonly fault: SyscallFault;
  /** The how-manieth call since the process began, from 1. */
  readonly at: number;
  /** The core that lets signatures out before they are recorded. */
  readonly isMutant?: boolean;
}

/** How many calls there are before the core serves, and in all. */
export type SyscallCounts = Readonly<Record<Syscall, { readonly start: number; readonly all: number }>>;

export interface SyscallResult {
  /** Signatures that left before the end. */
  readonly released: number;
  readonly violations: readonly string[];
}

interface Asked {
  readonly name: string;
  wanted(api: SignerApi, session: bigint): Promise<{ readonly signature: Uint8Array }>;
  other(api: SignerApi, session: bigint): Promise<{ readonly signature: Uint8Array }>;
}

/** The real core, as a process under strace, whose system calls fail one at a time. */
export class CoreSyscalls implements AsyncDisposable {
  readonly #home: SignerHome;
  readonly #asked: readonly Asked[];

  private constructor(home: SignerHome, asked: readonly Asked[]) {
    this.#home = home;
    this.#asked = asked;
  }

  static get isPossible(): boolean {
    const args = ['-f', '-o', '/dev/null', '-e', 'inject=fsync:error=EIO:when=9', 'true'];
    return spawnSync('strace', args, { timeout: PROBE_MS_MAX }).status === 0;
  }

  static async create(): Promise<CoreSyscalls> {
    const home = await signerHome('slh-dsa-sha2-128f');
    return new CoreSyscalls(home, await askedOf(home));
  }

  async count(isMutant = false): Promise<SyscallCounts> {
    const run = new TracedRun(this.#home, { isMutant, filter: [] });
    try {
      await run.serving();
      const start = run.counts();
      await this.#ask(run);
      await run.end();
      const all = run.counts();
      const of = (syscall: Syscall) => ({ start: start[syscall], all: all[syscall] });
      return { pwrite64: of('pwrite64'), fsync: of('fsync') };
    } finally {
      await run.remove();
    }
  }

  /** Has one call fail while the core is asked, starts it again, and asks for both variants of everything. */
  async run({ syscall, fault, at, isMutant = false }: SyscallPlan): Promise<SyscallResult> {
    const filter = ['-e', `inject=${syscall}:${SYSCALL_FAULTS[fault]}:when=${at}`];
    const run = new TracedRun(this.#home, { isMutant, filter });
    try {
      const isServing = await run.serving();
      const released = isServing ? await this.#ask(run) : new Map<string, Uint8Array>();
      const where = run.failedAt();
      // SQLite lets a folder pass that cannot be synced; the core syncs it by itself once more.
      const mayGoOn = where === run.folder;
      const hasEnded = mayGoOn || (await run.ended());
      await run.end();
      const violations = await this.#violations(run.folder, released);
      if (!hasEnded)
        violations.push(`it went on after ${fault} at ${where}: with a disk that it must not trust`);
      return { released: released.size, violations };
    } finally {
      await run.remove();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#home[Symbol.asyncDispose]();
  }

  async #ask({ socket }: TracedRun): Promise<ReadonlyMap<string, Uint8Array>> {
    const released = new Map<string, Uint8Array>();
    const client = coreClient(socket);
    try {
      const opened = await client.openSession().catch(() => undefined);
      if (opened === undefined) return released;
      for (const { name, wanted } of this.#asked) {
        const reply = await wanted(client, opened.session).catch(() => undefined);
        if (reply !== undefined) released.set(name, reply.signature);
      }
      return released;
    } finally {
      client.close();
    }
  }

  async #violations(folder: string, released: ReadonlyMap<string, Uint8Array>): Promise<string[]> {
    const options = { folder, protocol: 'hotstuff', backend: 'auto', log: memoryLogger() } as const;
    const core = await openCore({ ...options, onServing: () => {} });
    try {
      if (!core.isServing) return ['it does not sign any more'];
      const { session } = await core.api.openSession();
      const found: string[] = [];
      for (const asked of this.#asked) {
        const left = released.get(asked.name);
        const contrary = await asked.other(core.api, session).catch(() => undefined);
        const again = await asked.wanted(core.api, session).catch(() => undefined);
        if (contrary !== undefined && (left ?? again) !== undefined)
          found.push(`${asked.name} was signed twice`);
        if (left !== undefined && !(again && equalBytes(again.signature, left))) {
          found.push(`${asked.name} had left, and is not given again`);
        }
      }
      return found;
    } finally {
      await core.close();
    }
  }
}

/** A PREPARE vote, the PRE-COMMIT vote on it with its certificate, and leaving the view. */
async function askedOf({ others }: SignerHome): Promise<readonly Asked[]> {
  const vote = (request: SignVoteRequest) => (api: SignerApi, session: bigint) =>
    api.signVote({ ...request, scope: others.scope(session) });
  const leave = (request: SignTimeoutRequest) => (api: SignerApi, session: bigint) =>
    api.signTimeout({ ...request, scope: others.scope(session) });
  const preCommit = async (salt: number) => {
    const block = blockOn(GENESIS, 1, { salt });
    const certificate = certificateToWire(await others.certificate('prepare', block));
    return vote({ ...others.vote('pre-commit', block), certificate });
  };
  return [
    {
      name: 'prepare',
      wanted: vote(await others.prepare(1)),
      other: vote(await others.prepare(1, 1)),
    },
    { name: 'pre-commit', wanted: await preCommit(0), other: await preCommit(1) },
    {
      name: 'timeout',
      wanted: leave(others.timeout(2, blockOn(GENESIS, 1))),
      other: leave(others.timeout(2, blockOn(GENESIS, 1, { salt: 1 }))),
    },
  ];
}

/** One life of a core, in a copy of its folder. */
class TracedRun {
  readonly folder: string;
  readonly socket: string;
  readonly #root: string;
  readonly #trace: string;
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;

  constructor(
    { config }: SignerHome,
    { isMutant, filter }: { readonly isMutant: boolean; readonly filter: readonly string[] },
  ) {
    this.#root = mkdtempSync(join(tmpdir(), 'btcfed-syscalls-'));
    this.folder = join(this.#root, 'signer');
    this.socket = join(this.#root, 'core.sock');
    this.#trace = join(this.#root, 'trace');
    cpSync(config.SIGNER_FOLDER, this.folder, { recursive: true });
    const strace = ['-D', '-f', '-y', '-o', this.#trace, '-e', `trace=${SYSCALLS.join()}`, ...filter];
    this.#child = spawn('strace', [...strace, process.execPath, isMutant ? RELEASE_FIRST : CORE], {
      env: { SIGNER_CORE_SOCKET: this.socket, SIGNER_CORE_FOLDER: this.folder },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#exit = once(this.#child, 'exit');
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
    );
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
