import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { Client, Metadata } from '@grpc/grpc-js';
import { AppError } from '#libs/errors/app-error.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { MemoryMetrics } from '#libs/metrics/memory-metrics.ts';
import { MemoryTracer } from '#libs/tracing/memory-tracer.ts';
import { traceparentOf } from '#libs/tracing/traceparent.ts';
import { EchoServiceDefinition } from '#test/support/grpc/echo-service.ts';
import { all } from '#test/support/grpc/echo-stage.ts';
import { until } from '#test/support/within.ts';
import { grpcClient } from './client.ts';
import type { CallContext } from './context.ts';
import { grpcMetrics } from './grpc-metrics.ts';
import { grpcServer } from './server.ts';
import { bindService, serviceDefinition } from './service.ts';
import { clientCredentials } from './tls.ts';

const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const TRACEPARENT = traceparentOf(CALLER);
const ECHO = 'btcfed.test.v1.EchoService';
/** Of a call that must come through on a busy machine. */
const CALL_MS_MAX = 120_000;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function stage(tracer: MemoryTracer | undefined = new MemoryTracer()) {
  const log = memoryLogger();
  const heard: CallContext[] = [];
  const handlers = {
    say: async ({ text }: { readonly text: string }, context: CallContext) => {
      heard.push(context);
      if (text === 'no') throw new AppError('not this text', { code: 'ECHO_REFUSED' });
      return { text };
    },
    count: async function* () {
      yield { text: 'one' };
    },
    talk: async function* () {},
  };
  const metrics = new MemoryMetrics();
  const service = bindService(EchoServiceDefinition, handlers, {
    log,
    statusByCode: { ECHO_REFUSED: 'FAILED_PRECONDITION' },
  });
  const server = grpcServer({
    address: '127.0.0.1:0',
    services: [service],
    log,
    metrics: grpcMetrics(metrics),
    tracer,
  });
  await server.start();
  closing.push(() => server.stop());
  const address = server.boundAddress();
  const client = grpcClient(EchoServiceDefinition, { address, deadlineMs: CALL_MS_MAX });
  closing.push(() => client.close());
  /** A caller that writes what it likes. */
  const sayWith = (...headers: readonly string[]): Promise<unknown> => {
    const raw = new Client(address, clientCredentials(undefined, address));
    closing.push(() => raw.close());
    const { say } = serviceDefinition(EchoServiceDefinition);
    assert.ok(say !== undefined);
    const metadata = new Metadata();
    for (const header of headers) metadata.add('traceparent', header);
    return new Promise((resolve, reject) =>
      raw.makeUnaryRequest(
        say.path,
        say.requestSerialize,
        say.responseDeserialize,
        { text: 'hello' },
        metadata,
        (error, answer) => (error === null ? resolve(answer) : reject(error)),
      ),
    );
  };
  const malformed = () => metrics.value('btcfed_grpc_malformed_traceparents_total');
  return { client, tracer, heard, sayWith, malformed, log };
}

describe('P2P-93 a call whose caller records a span', () => {
  test('is a span of the server, a part of it', async () => {
    const { client, tracer, heard } = await stage();
    await client.say({ text: 'hello' }, { traceparent: TRACEPARENT });
    await until('the span', () => tracer.spans.length > 0);
    const [span] = tracer.spans;
    assert.deepEqual(
      [span?.name, span?.kind, span?.parent, span?.fault],
      [`${ECHO}/Say`, 'server', CALLER.spanId, undefined],
    );
    assert.equal(span?.place.traceId, CALLER.traceId);
    assert.deepEqual(span?.facts, { 'rpc.system': 'grpc', 'rpc.service': ECHO, 'rpc.method': 'Say' });
    assert.deepEqual(heard[0]?.callerPlace, { ...CALLER, isSampled: true });
  });

  test('says how it failed', async () => {
    const { client, tracer } = await stage();
    await assert.rejects(client.say({ text: 'no' }, { traceparent: TRACEPARENT }));
    await until('the span', () => tracer.spans.length > 0);
    assert.equal(tracer.spans[0]?.fault, 'FAILED_PRECONDITION: not this text');
  });

  test('has its trace in the log of the server, unless it names another there', async () => {
    const { client, sayWith, heard } = await stage();
    await sayWith(TRACEPARENT);
    await client.say({ text: 'hello' }, { traceparent: TRACEPARENT, traceId: 'e'.repeat(32) });
    assert.deepEqual(
      heard.map(({ traceId }) => traceId),
      [CALLER.traceId, 'e'.repeat(32)],
    );
  });

  test('is none where the server does not record its trace, has no tracer, or the call is a stream', async () => {
    const quiet = await stage();
    quiet.tracer.unrecorded.add(CALLER.traceId);
    await quiet.client.say({ text: 'hello' }, { traceparent: TRACEPARENT });
    await all(quiet.client.count({ text: '' }, { traceparent: TRACEPARENT }));
    await quiet.client.say({ text: 'hello' }, { traceparent: TRACEPARENT.replace(/01$/, '00') });
    await quiet.client.say({ text: 'hello' });
    // A call behind them that is told of: those before it would have been by now.
    quiet.tracer.unrecorded.clear();
    await all(quiet.client.count({ text: '' }, { traceparent: TRACEPARENT }));
    await quiet.client.say({ text: 'hello' }, { traceparent: TRACEPARENT });
    await until('the span', () => quiet.tracer.spans.length > 0);
    assert.equal(quiet.tracer.spans.length, 1);
  });
});

test('P2P-93 a header that is none is ignored and counted, and the call is served', async () => {
  const { sayWith, tracer, heard, malformed } = await stage();
  await sayWith();
  await sayWith(TRACEPARENT);
  assert.equal(malformed(), 0);
  for (const bad of ['', 'no', TRACEPARENT.toUpperCase(), `00-${'0'.repeat(32)}-${CALLER.spanId}-01`]) {
    assert.deepEqual(await sayWith(bad), { text: 'hello' });
  }
  await sayWith(TRACEPARENT, TRACEPARENT);
  assert.equal(malformed(), 5);
  assert.equal(tracer.spans.length, 1);
  assert.deepEqual(
    heard.map(({ callerPlace }) => callerPlace !== undefined),
    [false, true, false, false, false, false, false],
  );
});
