import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toDigest } from '#libs/chain/ids.ts';
import { pause } from '#services/launcher/adapters/pause.ts';
import { ServiceProcess } from '#services/launcher/adapters/service-process.ts';
import { CONNECT_PAUSE_MS_MAX, SERVICE_START_MS, SERVICE_STOP_MS } from '#services/launcher/words/limits.ts';
import type { ProcessContext } from '#services/launcher/words/process-context.ts';
import { bindSigner, createSignerKey } from '#services/signer/ceremony/init.ts';
import { type CoreClient, coreClient } from '#services/signer/edge/core-client.ts';
import { deployedCore } from './core-command.ts';
import { OtherMembers } from './other-members.ts';

const CHAIN = toDigest('b'.repeat(64));
/** A sync that strace saw begin; where another call comes between, its end is another line. */
const SYNC = /\b(?:fsync|fdatasync|sync_file_range|msync)\(/g;

const TRACE_MS_MAX = 5_000;

export interface CoreOptions {
  readonly context: Pick<ProcessContext, 'root' | 'node' | 'terminal'>;
  readonly scheme: string;
  /** A folder of `npm run build:signer`; left out: this checkout, with the flags of a local federation. */
  readonly program?: string | undefined;
  /** Counts its disk syncs, by strace: slower, so that nothing else is measured then. */
  readonly isTraced: boolean;
  readonly signal: AbortSignal;
}

/** A signer's core that runs, as production runs it: a process, its folder and its socket. */
export interface RunningCore {
  readonly client: CoreClient;
  readonly others: OtherMembers;
  /** Disk syncs so far; undefined unless it is traced. */
  syncs(): number | undefined;
  stop(): Promise<void>;
}

/** Whether syncs can be counted here. */
export function canTrace(): boolean {
  const args = ['-e', 'trace=fsync', '-o', '/dev/null', 'true'];
  return spawnSync('strace', args, { stdio: 'ignore', timeout: TRACE_MS_MAX }).status === 0;
}

/** Makes a key and starts its core. */
export async function startCore({
  context,
  scheme,
  program,
  isTraced,
  signal,
}: CoreOptions): Promise<RunningCore> {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-bench-signer-'));
  const trace = join(folder, 'trace');
  try {
    const signerFolder = join(folder, 'signer');
    const publicKey = await createSignerKey({ folder: signerFolder, scheme });
    const others = await OtherMembers.create(scheme, CHAIN);
    await bindSigner({
      protocol: 'hotstuff',
      folder: signerFolder,
      chainDigest: CHAIN,
      first: others.firstEpoch(publicKey),
    });
    const node =
      program === undefined
        ? [context.node, '--single-threaded-gc', join(context.root, 'services/signer/main-core.ts')]
        : deployedCore({ program, state: signerFolder, runtime: folder });
    const strace = [
      'strace',
      '-D',
      '-f',
      '--seccomp-bpf',
      '-e',
      'trace=fsync,fdatasync,sync_file_range,msync',
    ];
    const [command = '', ...args] = isTraced ? [...strace, '-o', trace, ...node] : node;
    const socket = join(folder, 'core.sock');
    const errorFile = join(folder, 'core.stderr');
    const process = ServiceProcess.start({
      ...{ command, args, cwd: folder, output: errorFile, errorFile },
      env: { SIGNER_CORE_SOCKET: socket, SIGNER_CORE_FOLDER: signerFolder, SIGNER_CORE_LOG_LEVEL: 'warn' },
      tether: 'guard',
    });
    const client = coreClient(socket);
    const stop = async (): Promise<void> => {
      client.close();
      others.close();
      await process.stop(SERVICE_STOP_MS);
      rmSync(folder, { recursive: true, force: true });
    };
    try {
      await untilServing({ client, process, socket, signal });
    } catch (error) {
      await stop();
      throw error;
    }
    const syncs = () => (isTraced ? (readFileSync(trace, 'utf8').match(SYNC)?.length ?? 0) : undefined);
    return { client, others, syncs, stop };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

interface Starting {
  readonly client: CoreClient;
  readonly process: ServiceProcess;
  readonly socket: string;
  readonly signal: AbortSignal;
}

async function untilServing({ client, process, socket, signal }: Starting): Promise<void> {
  let end: string | undefined;
  void process.exited.then(({ how, lastLine }) => {
    end = `${how}: ${lastLine}`;
  });
  const deadline = performance.now() + SERVICE_START_MS;
  // The file of the socket is there a moment before anybody listens on it.
  while (!(existsSync(socket) && (await answers(client)))) {
    if (end !== undefined) throw new Error(`the core of the signer ended before it served: ${end}`);
    if (performance.now() > deadline) throw new Error('the core of the signer does not start');
    await pause(CONNECT_PAUSE_MS_MAX, signal);
  }
}

function answers(client: CoreClient): Promise<boolean> {
  return client.getSigner().then(
    () => true,
    () => false,
  );
}
