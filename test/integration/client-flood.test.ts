import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { connectClient, type FederationClient } from '#libs/client/client.ts';
import { grpcClient } from '#libs/grpc/client.ts';
import { ConsensusServiceDefinition } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';

// One process takes all it can get of a member that may have 1,000 files open; others are served meanwhile.

const DESCRIPTORS = 1_000;
const IDLE = 1_400;
const WATCHES = 2_000;
const SERVED_MS = 5_000;
/** For each call, on a machine that has other work. */
const PATIENCE_MS = 20_000;
const FROM_NOW_ON = { startHeight: 0n, includeTransactions: false, progressIntervalS: 1 };
const SERVER = new URL('../support/serve-client-api.ts', import.meta.url).pathname;

let server: ChildProcess;
let address: string;
const closing: (() => void)[] = [];

beforeEach(async () => {
  const command = `ulimit -n ${DESCRIPTORS}; exec "$0" "$1"`;
  server = spawn('sh', ['-c', command, process.execPath, SERVER], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(server.stdout as NodeJS.ReadableStream, 'data');
  address = String(line).trim();
});

afterEach(async () => {
  for (const close of closing.splice(0)) close();
  server.stdin?.end();
  if (server.exitCode === null) await once(server, 'exit');
});

function newcomer(): FederationClient {
  const client = connectClient({ address, deadlineMs: PATIENCE_MS });
  closing.push(() => client.close());
  return client;
}

/** Opens connections that say nothing, and opens each again that is closed, until the test is over. */
async function idleConnections(count: number): Promise<{ lost: number }> {
  const seen = { lost: 0 };
  const port = Number(address.split(':')[1]);
  const sockets = new Set<Socket>();
  let isOver = false;
  const open = async (): Promise<void> => {
    const socket = connect(port, '127.0.0.1');
    sockets.add(socket.resume());
    socket.on('error', () => undefined);
    socket.once('close', () => {
      sockets.delete(socket);
      seen.lost += 1;
      // At the pace at which one process may well dial again.
      if (!isOver) setTimeout(() => void open(), 100);
    });
    await once(socket, 'connect').catch(() => undefined);
  };
  closing.push(() => {
    isOver = true;
    for (const socket of sockets) socket.destroy();
  });
  await Promise.all(Array.from({ length: count }, open));
  return seen;
}

/** A call of GetStatus from another address of this machine. */
async function statusFrom(localAddress: string): Promise<string> {
  const port = Number(address.split(':')[1]);
  const session: ClientHttp2Session = connectHttp2(`http://${address}`, {
    createConnection: () => connect({ host: '127.0.0.1', port, localAddress }),
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

/** A process that watches all it can. @returns what ends it, and tells what it saw. */
async function watchFlood(connections: number) {
  const script = new URL('../support/watch-flood.ts', import.meta.url).pathname;
  const flood = spawn(process.execPath, [script, address, String(WATCHES), String(connections)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  closing.push(() => flood.kill());
  const said = createInterface(flood.stdout)[Symbol.asyncIterator]();
  await said.next();
  return async (): Promise<{ open: number; refusals: Record<string, number> }> => {
    flood.stdin.end();
    return JSON.parse((await said.next()).value ?? '');
  };
}

/** How long five newcomers took, one after the other: the one in the middle, ms. */
async function served(newcomer: () => Promise<void>): Promise<number> {
  const tookMs: number[] = [];
  for (let call = 0; call < 5; call++) {
    const fromMs = performance.now();
    await newcomer();
    tookMs.push(performance.now() - fromMs);
  }
  return tookMs.sort((a, b) => a - b)[2] ?? 0;
}

async function firstOfWatch(): Promise<void> {
  const ended = new AbortController();
  const deadline = setTimeout(() => ended.abort(), PATIENCE_MS);
  const grpc = grpcClient(ConsensusServiceDefinition, { address });
  try {
    for await (const { body } of grpc.watch(FROM_NOW_ON, { signal: ended.signal })) {
      assert.equal(body?.$case, 'created');
      return;
    }
    assert.fail('the watch never began');
  } finally {
    clearTimeout(deadline);
    grpc.close();
  }
}

describe('while one process takes all it can get of a member', { timeout: 120_000 }, () => {
  test('F-07: 1,400 idle connections at a limit of 1,000 descriptors lock nobody out', async (t) => {
    const seen = await idleConnections(IDLE);
    const tookMs = await served(async () => {
      assert.equal((await newcomer().status()).header?.chainId, 'test-chain', 'from the same address');
      assert.equal(await statusFrom('127.0.0.2'), '0', 'from another');
    });
    t.diagnostic(`served within ${Math.round(tookMs)} ms`);
    assert.ok(tookMs < SERVED_MS);
    assert.ok(seen.lost >= IDLE - DESCRIPTORS / 2, `${seen.lost} gave way`);
  });

  for (const connections of [1, 100]) {
    test(`F-07: 2,000 watches over ${connections} connections leave one for a newcomer`, async (t) => {
      const endFlood = await watchFlood(connections);
      const tookMs = await served(async () => {
        const honest = newcomer();
        assert.equal((await honest.status()).header?.chainId, 'test-chain', 'from the same address');
        await firstOfWatch();
        assert.equal(await statusFrom('127.0.0.2'), '0', 'from another');
      });
      t.diagnostic(`served within ${Math.round(tookMs)} ms`);
      assert.ok(tookMs < SERVED_MS);
      const { open, refusals } = await endFlood();
      assert.ok(open > 0);
      // A process in such a hurry loses connections too, where its machine is slow; those are no refusals.
      const refused = Object.keys(refusals).filter((code) => !/UNAVAILABLE|INTERNAL/.test(code));
      const known = ['CONSENSUS_TOO_MANY_WATCHES', 'CONSENSUS_WATCH_GAVE_WAY'];
      assert.ok(refused.length > 0);
      for (const code of refused) assert.ok(known.includes(code), code);
    });
  }
});
