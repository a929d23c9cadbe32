import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { afterEach, describe, test } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { deflateSync, gzipSync } from 'node:zlib';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { type Authority, createAuthority, issueCertificate } from '#libs/pki/pki.ts';
import { EchoServiceDefinition } from '#test/support/grpc/echo-service.ts';
import { failure, patiently } from '#test/support/grpc/echo-stage.ts';
import { until } from '#test/support/within.ts';
import { type ClientTls, grpcClient } from './client.ts';
import type { CallerLimits } from './known-callers.ts';
import { type GrpcServer, grpcServer } from './server.ts';
import { bindService } from './service.ts';

const SAY = '/btcfed.test.v1.EchoService/Say';
const SHARED = '/btcfed.test.v1.EchoService/Count';
const LIMITS: CallerLimits = {
  messageBytesMax: 1_000,
  callsPerConnectionMax: 3,
  connectionsPerKeyMax: 1,
  isShared: (path) => path === SHARED,
  requestMsMax: 60_000,
};
const UNIMPLEMENTED = '12';
const EXHAUSTED = '8';
const OK = '0';

const authority = createAuthority('ours', 1);
const identity = (by: Authority, commonName: string, usage: 'server' | 'client'): ClientTls => {
  const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };
  const { certificate, key } = issueCertificate(by, { commonName, ...names, usage, days: 1 });
  return {
    certificate: Buffer.from(certificate),
    key: Buffer.from(key),
    ca: Buffer.from(authority.certificate),
  };
};
const { certificate = Buffer.of(), key = Buffer.of(), ca } = identity(authority, 'signer', 'server');
const honest = identity(authority, 'consensus', 'client');
const hostile = identity(authority, 'liar', 'client');

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function stage(limits: Partial<CallerLimits> = {}) {
  const log = memoryLogger();
  const asked: string[] = [];
  const held = Promise.withResolvers<void>();
  const handlers = {
    say: async ({ text }: { text: string }) => {
      asked.push(text);
      if (text === 'hold') await held.promise;
      return { text };
    },
    count: async function* () {
      yield { text: 'one' };
    },
    talk: async function* () {},
  };
  const server = grpcServer({
    address: '127.0.0.1:0',
    tls: { certificate, key, ca, requireClientCertificate: true },
    services: [bindService(EchoServiceDefinition, handlers, { log, statusByCode: {} })],
    log,
    callers: { ...LIMITS, ...limits },
    limits: { stopGraceMs: 50 },
  });
  await server.start();
  closing.push(() => server.stop());
  const client = dial(server, honest);
  const proveServed = async () => assert.deepEqual(await client.say({ text: 'vote' }), { text: 'vote' });
  await proveServed();
  return { server, client, asked, proveServed, release: () => held.resolve() };
}

function dial(server: GrpcServer, tls: ClientTls) {
  const options = { address: server.boundAddress(), tls, deadlineMs: 120_000 };
  const client = grpcClient(EchoServiceDefinition, options);
  closing.push(() => client.close());
  return client;
}

/** A connection whose owner keeps to no rule of ours. */
function connection(server: GrpcServer, { certificate: cert, key: secret }: ClientTls): ClientHttp2Session {
  const session = connect(`https://${server.boundAddress()}`, {
    ca,
    cert,
    key: secret,
    servername: 'localhost',
  });
  session.on('error', () => undefined);
  closing.push(() => session.destroy());
  return session;
}

function call(session: ClientHttp2Session, headers: Record<string, string> = {}): ClientHttp2Stream {
  const stream = session.request({
    ':method': 'POST',
    ':path': SAY,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  stream.on('error', () => undefined);
  return stream;
}

/** A frame of gRPC with this message. */
function frame(message: Uint8Array, isCompressed = false): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(isCompressed ? 1 : 0);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

const textMessage = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x0a, text.length]), Buffer.from(text)]);

/** `grpc-status` and its message, or the way in which the stream was reset. */
async function endOf(stream: ClientHttp2Stream): Promise<Record<string, unknown>> {
  const told: Record<string, unknown> = {};
  stream.on('response', (headers) => Object.assign(told, headers));
  stream.on('trailers', (headers) => Object.assign(told, headers));
  stream.resume();
  if (!stream.closed) await new Promise((resolve) => stream.once('close', resolve));
  return { ...told, reset: stream.rstCode };
}

describe('a server for few callers', () => {
  test('refuses a request above its bound, and takes one just below', async () => {
    const { server, proveServed } = await stage();
    const client = dial(server, hostile);
    const { status } = await failure(client.say({ text: 'x'.repeat(1_001) }));
    assert.equal(status, 'RESOURCE_EXHAUSTED');
    assert.equal((await client.say({ text: 'x'.repeat(990) })).text.length, 990);
    await proveServed();
  });

  test('resets the calls beyond its bound, which nothing looks at', async () => {
    const { server, asked, proveServed, release } = await stage();
    const session = connection(server, hostile);
    await once(session, 'connect');
    const ends = Array.from({ length: 10 }, () => {
      const stream = call(session);
      stream.end(frame(textMessage('hold')));
      return endOf(stream);
    });
    const first = await Promise.race(ends);
    assert.equal(first['reset'], constants.NGHTTP2_REFUSED_STREAM);
    await proveServed();
    assert.equal(asked.filter((text) => text === 'hold').length, 3);
    release();
    const statuses = (await Promise.all(ends)).map((end) => end['grpc-status']);
    assert.equal(statuses.filter((status) => status === OK).length, 3);
  });

  for (const [encoding, compress] of [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', (bytes: Uint8Array) => bytes],
  ] as const) {
    test(`refuses ${encoding} before it unpacks anything`, async () => {
      const { server, asked, proveServed } = await stage();
      const stream = call(connection(server, hostile), { 'grpc-encoding': encoding });
      stream.end(frame(compress(Buffer.alloc(900)), true));
      const end = await endOf(stream);
      assert.equal(end['grpc-status'], UNIMPLEMENTED);
      assert.match(decodeURI(String(end['grpc-message'])), /compressed requests are not taken/);
      assert.equal(end['grpc-accept-encoding'], 'identity');
      await proveServed();
      assert.deepEqual(asked, ['vote', 'vote']);
    });
  }

  test('offers no compression in its answers', async () => {
    const { server } = await stage();
    const stream = call(connection(server, hostile));
    stream.end(frame(textMessage('hello')));
    const end = await endOf(stream);
    assert.deepEqual([end['grpc-status'], end['grpc-accept-encoding']], [OK, 'identity']);
  });

  test('resets a request in crumbs, and takes one in pieces', async () => {
    const { server, proveServed } = await stage();
    const session = connection(server, hostile);
    const crumbs = call(session);
    crumbs.write(frame(Buffer.alloc(1_000)).subarray(0, 5));
    const end = endOf(crumbs);
    let isOver = false;
    crumbs.once('close', () => {
      isOver = true;
    });
    for (let sent = 0; sent < 990 && !isOver; sent++) await written(crumbs, Buffer.of(0));
    assert.ok(isOver, 'all of the crumbs were taken');
    assert.equal((await end)['reset'], constants.NGHTTP2_ENHANCE_YOUR_CALM);
    const pieces = call(session);
    for (const byte of frame(textMessage('slowly'))) await written(pieces, Buffer.of(byte));
    pieces.end();
    assert.equal((await endOf(pieces))['grpc-status'], OK);
    await proveServed();
  });

  test('cuts a request that is not whole in time', async () => {
    const { server, proveServed } = await stage({ requestMsMax: 500 });
    const half = call(connection(server, hostile));
    half.write(frame(textMessage('never')).subarray(0, 8));
    assert.equal((await endOf(half))['reset'], constants.NGHTTP2_ENHANCE_YOUR_CALM);
    await proveServed();
  });

  test('lets a call take its time once its request is whole', async () => {
    const { server, client, asked, release } = await stage({ requestMsMax: 500 });
    const slow = client.say({ text: 'hold' });
    await until('the call is there', () => asked.includes('hold'));
    // A call that began later has had its time, and all its bytes.
    const half = call(connection(server, hostile));
    half.write(frame(textMessage('never')).subarray(0, 8));
    assert.equal((await endOf(half))['reset'], constants.NGHTTP2_ENHANCE_YOUR_CALM);
    release();
    assert.deepEqual(await slow, { text: 'hold' });
  });

  test('lets one connection of a key work, and refuses the second in words', async () => {
    const { server, proveServed } = await stage();
    const second = call(connection(server, honest));
    second.end(frame(textMessage('again')));
    const end = await endOf(second);
    assert.equal(end['grpc-status'], EXHAUSTED);
    assert.match(decodeURI(String(end['grpc-message'])), /this key has another connection at work/);
    await proveServed();
    assert.deepEqual(await dial(server, hostile).say({ text: 'hello' }), { text: 'hello' });
  });

  test('lets every connection of a key call what is shared', async () => {
    const { server } = await stage();
    const shared = call(connection(server, honest), { ':path': SHARED });
    shared.end(frame(textMessage('x')));
    assert.equal((await endOf(shared))['grpc-status'], OK);
  });

  test('gives the place of a connection that is gone to the next', async () => {
    const { server, client } = await stage();
    client.close();
    const next = dial(server, honest);
    assert.deepEqual(await patiently(() => next.say({ text: 'hello' })), { text: 'hello' });
  });

  test('takes no session up again: each connection shows its certificate anew', async () => {
    const { server } = await stage();
    const hand = async (session?: Buffer) => {
      const { certificate: cert, key: secret } = hostile;
      const [host, port] = server.boundAddress().split(':');
      const socket = tlsConnect({
        ...{
          host,
          port: Number(port),
          ca,
          cert,
          key: secret,
          servername: 'localhost',
          ALPNProtocols: ['h2'],
        },
        ...(session === undefined ? {} : { session }),
      });
      let ticket: Buffer | undefined;
      socket.on('session', (given) => {
        ticket = given;
      });
      await once(socket, 'secureConnect');
      await once(socket, 'data'); // The settings frame comes after any session ticket.
      const isReused = socket.isSessionReused();
      socket.destroy();
      return { ticket, isReused };
    };
    const { ticket } = await hand();
    assert.equal((await hand(ticket)).isReused, false);
  });
});

/** Writes one frame, and waits until it has left. */
function written(stream: ClientHttp2Stream, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    // Called also when the stream is closed before it left.
    stream.write(bytes, () => resolve());
  });
}
