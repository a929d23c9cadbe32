import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { afterEach, test } from 'node:test';
import { AppError } from '#libs/errors/app-error.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { MemoryMetrics } from '#libs/metrics/memory-metrics.ts';
import { createAuthority, issueCertificate } from '#libs/pki/pki.ts';
import { EchoServiceDefinition } from '#test/support/grpc/echo-service.ts';
import { all } from '#test/support/grpc/echo-stage.ts';
import { ROOMY } from '#test/support/grpc/roomy.ts';
import { until } from '#test/support/within.ts';
import { grpcClient } from './client.ts';
import type { CallContext } from './context.ts';
import { grpcMetrics } from './grpc-metrics.ts';
import { grpcServer, type ServerTls } from './server.ts';
import { bindService } from './service.ts';

const ECHO = 'btcfed.test.v1.EchoService';
/** Of a call that must come through on a busy machine. */
const CALL_MS_MAX = 120_000;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function stage(more: { readonly tls?: ServerTls; readonly strangers?: typeof ROOMY } = {}) {
  const log = memoryLogger();
  const handlers = {
    say: async ({ text }: { readonly text: string }) => {
      if (text === 'no') throw new AppError('not this text', { code: 'ECHO_REFUSED' });
      if (text === 'never') await new Promise(() => {});
      return { text };
    },
    count: async function* ({ text }: { readonly text: string }, { signal }: CallContext) {
      yield { text: 'one' };
      if (text === 'endless') await once(signal, 'abort');
    },
    talk: async function* () {},
  };
  const statusByCode = { ECHO_REFUSED: 'FAILED_PRECONDITION' } as const;
  const metrics = new MemoryMetrics();
  const server = grpcServer({
    address: '127.0.0.1:0',
    services: [bindService(EchoServiceDefinition, handlers, { log, statusByCode })],
    ...{ log, metrics: grpcMetrics(metrics), limits: { stopGraceMs: 50 }, ...more },
  });
  await server.start();
  closing.push(() => server.stop());
  const address = server.boundAddress();
  const client = grpcClient(EchoServiceDefinition, { address, deadlineMs: CALL_MS_MAX });
  closing.push(() => client.close());
  const ended = (method: string, code: string) =>
    metrics.value('btcfed_grpc_requests_total', { method: `${ECHO}/${method}`, code });
  const timed = (method: string) =>
    metrics.observations('btcfed_grpc_request_seconds', { method: `${ECHO}/${method}` });
  return { server, client, metrics, ended, timed };
}

test('F-44: a server counts its calls by method and status, and times those of one answer', async () => {
  const { client, ended, timed } = await stage();
  await client.say({ text: 'apple' });
  await client.say({ text: 'pear' });
  await assert.rejects(client.say({ text: 'no' }));
  await all(client.count({ text: '1' }));
  await until('the end of the stream is counted', () => ended('Count', 'OK') === 1, CALL_MS_MAX);
  assert.deepEqual([ended('Say', 'OK'), ended('Say', 'FAILED_PRECONDITION')], [2, 1]);
  assert.equal(timed('Say').length, 3);
  assert.ok(timed('Say').every((seconds) => seconds >= 0 && seconds < CALL_MS_MAX / 1_000));
  assert.deepEqual(timed('Count'), []);
});

test('F-44: a stream counts once, when it ends, and as CANCELLED when its caller went', async () => {
  const { client, ended } = await stage();
  for await (const { text } of client.count({ text: 'endless' })) {
    assert.deepEqual([text, ended('Count', 'OK'), ended('Count', 'CANCELLED')], ['one', 0, 0]);
    break;
  }
  await until('the end of the stream is counted', () => ended('Count', 'CANCELLED') === 1, CALL_MS_MAX);
  assert.equal(ended('Count', 'OK'), 0);
});

test('F-44: a call whose caller stopped waiting counts as DEADLINE_EXCEEDED', async () => {
  const { client, ended } = await stage();
  await client.say({ text: 'the connection stands' });
  await assert.rejects(client.say({ text: 'never' }, { deadlineMs: 200 }));
  const counted = () => ended('Say', 'DEADLINE_EXCEEDED') + ended('Say', 'CANCELLED');
  await until('the end of the call is counted', () => counted() === 1, CALL_MS_MAX);
});

test('F-44: a call that the guard of strangers refuses counts with its status', async () => {
  const { server, client, ended } = await stage({ strangers: ROOMY });
  const session = connect(`http://${server.boundAddress()}`);
  closing.push(() => session.destroy());
  const stream = session.request(requestOf(`/${ECHO}/Say`, { 'grpc-encoding': 'gzip' }));
  stream.resume().end();
  await once(stream, 'close');
  assert.equal(ended('Say', 'UNIMPLEMENTED'), 1);
  assert.deepEqual(await client.say({ text: 'apple' }), { text: 'apple' });
  assert.equal(ended('Say', 'OK'), 1);
});

test('F-44: a method that a caller made up makes no series', async () => {
  const { server, metrics } = await stage();
  const session = connect(`http://${server.boundAddress()}`);
  closing.push(() => session.destroy());
  const stream = session.request(requestOf('/a.Service/Made', {}));
  stream.resume().end();
  await once(stream, 'close');
  const made = { method: 'a.Service/Made', code: 'UNIMPLEMENTED' };
  assert.equal(metrics.has('btcfed_grpc_requests_total', made), false);
});

test('F-44: a server with TLS says when its certificate expires and since when it is valid, also after it was renewed', async () => {
  const first = tlsFor(1);
  const { server, metrics } = await stage({ tls: first });
  const shown = () => metrics.value('btcfed_certificate_not_after_seconds', { certificate: 'server' });
  assert.equal(shown(), expiryOf(first));
  const second = tlsFor(9);
  server.renewTls(second);
  assert.equal(shown(), expiryOf(second));
  assert.notEqual(expiryOf(first), expiryOf(second));
  const begin = metrics.value('btcfed_certificate_not_before_seconds', { certificate: 'server' });
  const { validFromDate } = new X509Certificate(second.certificate);
  assert.equal(begin, validFromDate.getTime() / 1_000);
});

function requestOf(path: string, headers: Readonly<Record<string, string>>) {
  return { ...headers, ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
}

function tlsFor(days: number): ServerTls {
  const authority = createAuthority('ours', days);
  const request = {
    commonName: 'x',
    dnsNames: ['localhost'],
    ipAddresses: [],
    usage: 'server',
    days,
  } as const;
  const { certificate, key } = issueCertificate(authority, request);
  return { certificate: Buffer.from(certificate), key: Buffer.from(key), requireClientCertificate: false };
}

function expiryOf({ certificate }: ServerTls): number {
  return Date.parse(new X509Certificate(certificate).validTo) / 1_000;
}
