import { spawnSync } from 'node:child_process';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import type { SignRequest } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import { coreClient } from '#services/signer/edge/core-client.ts';
import { openCore } from '#services/signer/running/open-core.ts';
import type { SignerApi } from '#services/signer/socket/signer-api.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { type SignerHome, signerHome } from '../signer-home.ts';
import { withGrounds } from '../signer-peers.ts';
import { type Syscall, TracedRun } from './traced-core.ts';

const PROBE_MS_MAX = 300_000;

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
  /** Whether the fault came at all. */
  readonly wasHit: boolean;
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
      const wasHit = run.wasHit();
      await run.end();
      const violations = await this.#violations(run.folder, released);
      if (!hasEnded)
        violations.push(`it went on after ${fault} at ${where}: with a disk that it must not trust`);
      const said = await run.said;
      if (fault !== 'kill' && !mayGoOn && !said.includes('start again'))
        violations.push(`after ${fault} at ${where} it said nothing that helps: ${said.trim()}`);
      return { released: released.size, wasHit, violations };
    } finally {
      await run.remove();
    }
  }

  /** Kills it with a signal as soon as everything is answered: on any machine, without strace. */
  async runKilledAtTheEnd(isMutant: boolean): Promise<Omit<SyscallResult, 'wasHit'>> {
    const run = new TracedRun(this.#home, { isMutant, filter: undefined });
    try {
      const released = (await run.serving()) ? await this.#ask(run) : new Map<string, Uint8Array>();
      await run.end();
      return { released: released.size, violations: await this.#violations(run.folder, released) };
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
  const asked = (request: SignRequest) => (api: SignerApi, session: bigint) =>
    api.sign({ ...request, scope: others.scope(session) });
  const preCommit = async (salt: number) => {
    const block = blockOn(GENESIS, 1, { salt });
    const certificate = certificateToWire(await others.certificate('prepare', block));
    return asked(withGrounds(others.vote('pre-commit', block), { certificate }));
  };
  return [
    {
      name: 'prepare',
      wanted: asked(await others.prepare(1)),
      other: asked(await others.prepare(1, 1)),
    },
    { name: 'pre-commit', wanted: await preCommit(0), other: await preCommit(1) },
    {
      name: 'timeout',
      wanted: asked(others.timeout(2, blockOn(GENESIS, 1))),
      other: asked(others.timeout(2, blockOn(GENESIS, 1, { salt: 1 }))),
    },
  ];
}
