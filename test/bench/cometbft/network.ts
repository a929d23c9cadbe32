import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdFreePorts } from '#services/launcher/adapters/free-ports.ts';
import { pause } from '#services/launcher/adapters/pause.ts';
import { ServiceProcess } from '#services/launcher/adapters/service-process.ts';
import { CometbftError, nodeFailed } from './errors.ts';
import { READY_LOOK_MS, READY_MS_MAX, STOP_MS_MAX } from './limits.ts';
import { PORTS_OF_NETWORK, type PreparedNode, writeNetwork } from './network-files.ts';
import type { NetworkTerms } from './node-changes.ts';
import { ask } from './rpc.ts';
import { peerCountIn } from './rpc-answers.ts';

export interface NetworkOptions extends NetworkTerms {
  readonly program: string;
  readonly signal: AbortSignal;
  /** Called when a second request to stop shows that the ordered stop takes too long. */
  readonly onImpatience: (kill: () => void) => void;
}

/** Four validators of CometBFT as processes on this machine, in a folder of their own that goes with them. */
export class CometbftNetwork implements AsyncDisposable {
  readonly addresses: readonly string[];
  readonly #folder: string;
  readonly #processes: readonly ServiceProcess[];

  private constructor(folder: string, nodes: readonly PreparedNode[], program: string) {
    this.addresses = nodes.map(({ rpcAddress }) => rpcAddress);
    this.#folder = folder;
    this.#processes = nodes.map(({ home }) => startNode(program, home));
  }

  static async start(options: NetworkOptions): Promise<CometbftNetwork> {
    const { program, signal, onImpatience } = options;
    const folder = mkdtempSync(join(tmpdir(), 'cometbft-'));
    let network: CometbftNetwork | undefined;
    try {
      const held = await holdFreePorts(PORTS_OF_NETWORK);
      const nodes = await writeNetwork({ ...options, folder, ports: held.ports }).finally(held.release);
      network = new CometbftNetwork(folder, nodes, program);
      onImpatience(() => network?.kill());
      await network.#connected(signal);
      return network;
    } catch (error) {
      await network?.[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get pids(): readonly number[] {
    return this.#processes.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((each) => each.stop(STOP_MS_MAX)));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  kill(): void {
    for (const each of this.#processes) each.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Until each node is connected with all others. */
  async #connected(signal: AbortSignal): Promise<void> {
    const ended = this.#processes.map(async ({ exited }, node) => {
      const { how, lastLine } = await exited;
      throw nodeFailed(`node ${node} of CometBFT ended as it started, with ${how}: ${lastLine}`);
    });
    const over = new AbortController();
    try {
      await Promise.race([...ended, this.#haveFound(AbortSignal.any([signal, over.signal]))]);
    } finally {
      over.abort();
    }
  }

  async #haveFound(signal: AbortSignal): Promise<void> {
    const others = this.addresses.length - 1;
    const endMs = performance.now() + READY_MS_MAX;
    for (;;) {
      const counts = await Promise.all(this.addresses.map(peerCount));
      if (counts.every((count) => count === others)) return;
      if (performance.now() > endMs)
        throw nodeFailed(
          `the nodes of CometBFT have ${counts.join(', ')} peers after ${READY_MS_MAX / 1_000} s, not ${others}`,
        );
      await pause(READY_LOOK_MS, signal);
    }
  }
}

function startNode(program: string, home: string): ServiceProcess {
  return ServiceProcess.start({
    command: program,
    args: ['start', '--home', home],
    cwd: home,
    env: { HOME: home },
    output: join(home, 'out.log'),
    errorFile: join(home, 'error.log'),
    tether: 'guard',
  });
}

/** None while it does not answer yet. */
async function peerCount(address: string): Promise<number> {
  try {
    return peerCountIn(await ask(address, { method: 'net_info', params: {} }));
  } catch (error) {
    if (error instanceof CometbftError) return 0;
    throw error;
  }
}
