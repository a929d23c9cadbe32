import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Client, type ClientReadableStream, credentials, Metadata } from '@grpc/grpc-js';
import { service } from 'grpc-health-check';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { ROOMY } from '#test/support/grpc/roomy.ts';
import { type GrpcServer, grpcServer } from './server.ts';
import { ERROR_CODE_KEY } from './status.ts';

const PER_CONNECTION = 16;
const NAME_BYTES = 250_000;
const NAMES = 200;
/** Far below the total size of the names of all calls, 50 MB, and far above the cost of one call. */
const GROWTH_BYTES_MAX = 16 * 1024 * 1024;

const STRANGERS = { ...ROOMY, messageBytesMax: 300_000 };

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const running: GrpcServer[] = [];
const clients: Client[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const server of running.splice(0)) await server.stop();
});

async function stage() {
  const server = grpcServer({
    address: '127.0.0.1:0',
    services: [],
    log: memoryLogger(),
    strangers: STRANGERS,
    limits: { stopGraceMs: 0 },
  });
  running.push(server);
  await server.start();
  return server;
}

function clientOf(server: GrpcServer): Client {
  const client = new Client(server.boundAddress(), credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
  clients.push(client);
  return client;
}

type Watch = ClientReadableStream<{ readonly status: string }>;

function watch(client: Client, name = ''): Watch {
  const method = service['Watch'];
  assert.ok(method !== undefined);
  const { path, requestSerialize, responseDeserialize } = method;
  const call = client.makeServerStreamRequest<object, { readonly status: string }>(
    path,
    requestSerialize,
    (bytes) => responseDeserialize(bytes) as { readonly status: string },
    { service: name },
    new Metadata(),
  );
  call.on('error', () => undefined);
  return call;
}

async function next(call: Watch): Promise<string> {
  return new Promise((resolve, reject) => {
    call.once('data', ({ status }: { readonly status: string }) => resolve(status));
    call.once('error', reject);
  });
}

async function codeOf(call: Watch): Promise<unknown> {
  return new Promise((resolve) => {
    call.once('error', (error: Error & { readonly metadata?: Metadata }) =>
      resolve(error.metadata?.get(ERROR_CODE_KEY)[0]),
    );
    call.resume();
  });
}

describe('health watches', () => {
  test('tell what is, and then what changes', async () => {
    const server = await stage();
    const call = watch(clientOf(server));
    assert.equal(await next(call), 'SERVING');
    server.setServing('', true);
    server.setServing('', false);
    assert.equal(await next(call), 'NOT_SERVING');
  });

  test('stand for a service that is not known', async () => {
    const call = watch(clientOf(await stage()), 'other.Service');
    assert.equal(await next(call), 'SERVICE_UNKNOWN');
  });

  test('F-07: are few on one connection, and a call over the bound is told so by its code', async () => {
    const client = clientOf(await stage());
    const standing = Array.from({ length: PER_CONNECTION }, () => watch(client));
    for (const call of standing) assert.equal(await next(call), 'SERVING');
    assert.equal(await codeOf(watch(client)), 'HEALTH_TOO_MANY_WATCHES');
    standing[0]?.cancel();
    // The place is free once the server has noticed that.
    let found: unknown;
    while (found !== 'SERVING') found = await next(watch(client)).catch(() => undefined);
  });

  test('F-07: leave nothing behind, whatever names they are for', async () => {
    const client = clientOf(await stage());
    const one = async (at: number): Promise<void> => {
      const call = watch(client, `${at}${'x'.repeat(NAME_BYTES)}`);
      assert.equal(await next(call), 'SERVICE_UNKNOWN');
      const gone = new Promise((resolve) => call.once('close', resolve));
      call.cancel();
      await gone;
    };
    for (let at = 0; at < 10; at++) await one(at);
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let at = 0; at < NAMES; at++) await one(at);
    await turn();
    collect();
    const grown = process.memoryUsage().heapUsed - before;
    assert.ok(grown < GROWTH_BYTES_MAX, `${grown} bytes more`);
  });
});
