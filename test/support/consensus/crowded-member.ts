import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { connectClient, type FederationClient } from '#libs/client/client.ts';
import { grpcClient } from '#libs/grpc/client.ts';
import { ConsensusServiceDefinition } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';

const WATCHES = 2_000;
/** For each call, on a machine that has other work. */
const PATIENCE_MS = 120_000;
/** At this pace one process may well dial again. */
const REDIAL_MS = 100;
const NEWCOMERS = 5;
const FROM_NOW_ON = { startHeight: 0n, includeTransactions: false, progressIntervalS: 1 };
const SERVER = new URL('./serve-client-api.ts', import.meta.url).pathname;
const WATCH_FLOOD = new URL('./watch-flood.ts', import.meta.url).pathname;

/** The client API of a member as a process that may have so many files open, and those who come to it. */
export class CrowdedMember implements AsyncDisposable {
  readonly #server: ChildProcess;
  readonly #address: string;
  readonly #held: AsyncDisposableStack;

  private constructor(server: ChildProcess, address: string, held: AsyncDisposableStack) {
    this.#server = server;
    this.#address = address;
    this.#held = held;
  }

  static async start(descriptors: number): Promise<CrowdedMember> {
    const command = `ulimit -n ${descriptors}; exec "$0" "$1"`;
    const server = spawn('sh', ['-c', command, process.execPath, SERVER], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const held = new AsyncDisposableStack();
    const member = new CrowdedMember(server, await addressOf(server), held);
    held.defer(() => member.#stop());
    return member;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#held.disposeAsync();
  }

  async #stop(): Promise<void> {
    this.#server.stdin?.end();
    if (this.#server.exitCode === null) await once(this.#server, 'exit');
  }

  newcomer(): FederationClient {
    const client = connectClient({ address: this.#address, deadlineMs: PATIENCE_MS });
    this.#held.defer(() => client.close());
    return client;
  }

  /** Opens connections that say nothing, and opens each again that is closed, until the member is done with. */
  async idleConnections(count: number): Promise<{ readonly lost: number }> {
    const seen = { lost: 0 };
    const sockets = new Set<Socket>();
    let isOver = false;
    const open = async (): Promise<void> => {
      const socket = connect(this.#port, '127.0.0.1');
      sockets.add(socket.resume());
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        seen.lost += 1;
        if (!isOver) setTimeout(() => void open(), REDIAL_MS);
      });
      await once(socket, 'connect').catch(() => undefined);
    };
    this.#held.defer(() => {
      isOver = true;
      for (const socket of sockets) socket.destroy();
    });
    await Promise.all(Array.from({ length: count }, open));
    return seen;
  }

  /** A call of GetStatus from another address of this machine. */
  async statusFrom(localAddress: string): Promise<string> {
    const session: ClientHttp2Session = connectHttp2(`http://${this.#address}`, {
      createConnection: () => connect({ host: '127.0.0.1', port: this.#port, localAddress }),
    });
    try {
      const call = session.request({
        ':method': 'POST',
        ':path': '/btcfed.consensus.v1.ConsensusService/GetStatus',
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      call.resume();
      call.end(Buffer.alloc(5));
      const [trailers] = await once(call, 'trailers', { signal: AbortSignal.timeout(PATIENCE_MS) });
      return String(trailers['grpc-status']);
    } finally {
      session.destroy();
    }
  }

  /** Starts a process that watches all it can. @returns a function that ends it and returns its observations. */
  async watchFlood(connections: number) {
    const args = [WATCH_FLOOD, this.#address, String(WATCHES), String(connections)];
    const flood = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#held.defer(() => void flood.kill());
    const said = createInterface(flood.stdout)[Symbol.asyncIterator]();
    await said.next();
    return async (): Promise<{ open: number; refusals: Record<string, number> }> => {
      flood.stdin.end();
      return JSON.parse((await said.next()).value ?? '');
    };
  }

  async firstOfWatch(): Promise<void> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const grpc = grpcClient(ConsensusServiceDefinition, { address: this.#address });
    try {
      for await (const { body } of grpc.watch(FROM_NOW_ON, { signal })) {
        assert.equal(body?.$case, 'created');
        return;
      }
      assert.fail('the watch never began');
    } finally {
      grpc.close();
    }
  }

  get #port(): number {
    return Number(this.#address.split(':')[1]);
  }
}

/** Each of some newcomers must be served, one after the other. @returns how long the one in the middle took, ms. */
export async function eachServed(newcomer: () => Promise<void>): Promise<number> {
  const tookMs: number[] = [];
  for (let call = 0; call < NEWCOMERS; call++) {
    const fromMs = performance.now();
    await newcomer();
    tookMs.push(performance.now() - fromMs);
  }
  return tookMs.toSorted((a, b) => a - b)[Math.floor(NEWCOMERS / 2)] ?? 0;
}

async function addressOf({ stdout }: ChildProcess): Promise<string> {
  assert.ok(stdout);
  const [line] = await once(stdout, 'data');
  return String(line).trim();
}
