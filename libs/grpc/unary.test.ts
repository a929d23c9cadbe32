import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { AppError } from '#libs/errors/app-error.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { closeAll, failure, refused, serve } from '#test/support/grpc/echo-stage.ts';
import { within } from '#test/support/within.ts';
import { RemoteError } from './client.ts';
import type { CallContext } from './context.ts';
import { grpcServer } from './server.ts';

const METHOD = 'btcfed.test.v1.EchoService';

afterEach(closeAll);

describe('unary call', () => {
  test('brings the answer', async () => {
    const { client } = await serve();
    assert.deepEqual(await client.say({ text: 'hello' }), { text: 'hello' });
  });

  test('brings many answers at once, each to its own caller', async () => {
    const { client } = await serve();
    const texts = Array.from({ length: 100 }, (_, i) => 'x'.repeat(i));
    const answers = await Promise.all(texts.map((text) => client.say({ text })));
    assert.deepEqual(
      answers.map(({ text }) => text),
      texts,
    );
  });

  test('carries 31 MiB both ways, and refuses 33', async () => {
    const { client } = await serve();
    const big = 'x'.repeat(31 * 2 ** 20);
    // Patient: it is the size that counts, and the machine may be busy.
    const patience = { deadlineMs: 60_000 };
    assert.equal((await client.say({ text: big }, patience)).text.length, big.length);
    const detail = await failure(client.say({ text: 'x'.repeat(33 * 2 ** 20) }, patience));
    assert.equal(detail.status, 'RESOURCE_EXHAUSTED');
  });

  test('tells the code, status and message of a foreseen error', async () => {
    const { client, log } = await serve({ say: () => Promise.reject(refused()) });
    assert.deepEqual(await failure(client.say({ text: 'a' })), {
      code: 'REMOTE_CALL_FAILED',
      method: `${METHOD}/Say`,
      status: 'FAILED_PRECONDITION',
      errorCode: 'ECHO_REFUSED',
    });
    await assert.rejects(client.say({ text: 'a' }), /not this text/);
    assert.equal(log.lines.at(-1)?.fields['code'], 'ECHO_REFUSED');
  });

  test('brings the trailer of a foreseen error', async () => {
    const detail = { code: 'ECHO_REFUSED', trailer: { 'resume-height': '7' } };
    const { client } = await serve({ say: () => Promise.reject(new AppError('later', detail)) });
    assert.deepEqual((await failure(client.say({ text: 'a' }))).trailer, { 'resume-height': '7' });
  });

  test('takes statuses by number too, and UNKNOWN for a code that has none', async () => {
    const { client } = await serve({
      say: ({ text }) => Promise.reject(new AppError('no', { code: text })),
    });
    assert.equal((await failure(client.say({ text: 'ECHO_BUSY' }))).status, 'RESOURCE_EXHAUSTED');
    assert.equal((await failure(client.say({ text: 'ECHO_OTHER' }))).status, 'UNKNOWN');
  });

  test('hides the text of an error nobody foresaw, and logs it', async () => {
    const { client, log } = await serve({
      say: () => {
        throw new TypeError('secret key 0xabc');
      },
    });
    const caught = await client.say({ text: 'a' }).catch((error: unknown) => error);
    assert.ok(caught instanceof RemoteError);
    assert.equal(caught.detail.status, 'INTERNAL');
    assert.equal(caught.detail.errorCode, undefined);
    assert.doesNotMatch(JSON.stringify(caught.detail) + caught.message, /0xabc/);
    assert.match(String(log.lines.at(-1)?.cause), /0xabc/);
  });

  test('ends at its deadline, and the handler is told', async () => {
    const aborted = Promise.withResolvers<void>();
    let reached = false;
    const { client } = await serve({
      say: (_request, { signal, deadline }) => {
        assert.ok(deadline !== undefined);
        reached = true;
        signal.addEventListener('abort', () => aborted.resolve());
        return new Promise(() => undefined);
      },
    });
    // On a busy machine a deadline may pass before the call is there: then there is nobody to be told, and once more.
    for (let deadlineMs = 50; !reached; deadlineMs *= 2) {
      const detail = await failure(client.say({ text: 'a' }, { deadlineMs }));
      assert.equal(detail.status, 'DEADLINE_EXCEEDED');
    }
    await aborted.promise;
  });

  test('ends when the caller aborts it, also before it began', async () => {
    const { client } = await serve({ say: () => new Promise(() => undefined) });
    const call = failure(client.say({ text: 'a' }, { signal: AbortSignal.timeout(30) }));
    assert.equal((await call).status, 'CANCELLED');
    const early = failure(client.say({ text: 'a' }, { signal: AbortSignal.abort() }));
    assert.equal((await early).status, 'CANCELLED');
  });

  test('carries a trace id into the context and the log; junk is replaced', async () => {
    const seen: CallContext[] = [];
    const { client, log } = await serve({
      say: async (request, context) => {
        seen.push(context);
        context.log.info('said');
        return request;
      },
    });
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await client.say({ text: 'a' }, { traceId });
    await client.say({ text: 'a' }, { traceId: 'x'.repeat(10_000) });
    await client.say({ text: 'a' });
    assert.equal(seen[0]?.traceId, traceId);
    assert.match(seen[1]?.traceId ?? '', /^[0-9a-f]{32}$/);
    assert.match(seen[2]?.traceId ?? '', /^[0-9a-f]{32}$/);
    assert.match(seen[0]?.peer ?? '', /^127\.0\.0\.1:\d+$/);
    const line = log.lines.find(({ message }) => message === 'said');
    assert.deepEqual(line?.fields, { trace_id: traceId, method: `${METHOD}/Say` });
  });

  test('fails on a message that cannot be encoded, and the next one is whole', async () => {
    const { client } = await serve();
    await assert.rejects(client.say({ text: 'unwritable' }));
    assert.deepEqual(await client.say({ text: 'b' }), { text: 'b' });
  });

  test('fails with UNAVAILABLE when nobody listens', async () => {
    const { server, client } = await serve();
    await server.stop();
    assert.equal((await failure(client.say({ text: 'a' }))).status, 'UNAVAILABLE');
  });
});

describe('server stop', () => {
  test('lets a unary call end within the grace', async () => {
    const inside = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const say = async (request: { readonly text: string }) => {
      inside.resolve();
      await ended.promise;
      return request;
    };
    const { server, client } = await serve({ say }, '127.0.0.1:0', undefined, 60_000);
    const answer = client.say({ text: 'a' });
    await inside.promise;
    const stopping = server.stop();
    ended.resolve();
    await stopping;
    assert.deepEqual(await answer, { text: 'a' });
  });

  test('does not wait longer than the grace for calls that never end', async () => {
    const inside = Promise.withResolvers<void>();
    const { server, client } = await serve({
      say: () => {
        inside.resolve();
        return new Promise(() => undefined);
      },
    });
    const detail = failure(client.say({ text: 'a' }));
    await inside.promise;
    await within('the end of the grace', server.stop());
    assert.match((await detail).status, /UNAVAILABLE|CANCELLED/);
  });

  test('may come twice, and before the start', async () => {
    const { server } = await serve();
    await server.stop();
    await server.stop();
    const never = grpcServer({ address: '127.0.0.1:0', services: [], log: memoryLogger() });
    await never.stop();
  });
});
