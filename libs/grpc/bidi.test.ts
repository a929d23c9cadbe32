import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { all, closeAll, failure, patiently, refused, serve } from '#test/support/grpc/echo-stage.ts';

afterEach(closeAll);

describe('bidi stream', () => {
  test('goes both ways, and ends when the caller has said all', async () => {
    const { client } = await serve();
    const call = client.talk();
    const answers = all(call.responses);
    for (const text of ['a', 'b', 'c']) call.send({ text });
    call.end();
    assert.deepEqual(await answers, ['a', 'b', 'c']);
    assert.equal(call.send({ text: 'd' }), false);
  });

  test('makes a fast sender wait for a slow handler', async () => {
    const gate = Promise.withResolvers<void>();
    const { client } = await serve({
      talk: async function* (requests) {
        await gate.promise;
        let count = 0;
        for await (const _ of requests) count++;
        yield { text: String(count) };
      },
    });
    const call = client.talk();
    const text = 'x'.repeat(2 ** 20);
    let sent = 0;
    while (sent < 200) {
      sent++;
      if (call.send({ text })) continue;
      const waited = await Promise.race([call.writable().then(() => 'room'), sleep(300, 'stuck')]);
      if (waited === 'stuck') break;
    }
    assert.ok(sent < 120, `${sent} MB went to a handler that took none`);
    gate.resolve();
    await call.writable();
    call.end();
    assert.deepEqual(await all(call.responses), [String(sent)]);
  });

  test('goes on over a Unix socket when both processes say more than it holds, at once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'btcfed-bidi-'));
    after(() => rmSync(folder, { recursive: true, force: true }));
    const text = 'x'.repeat(50_000);
    const { server } = await serve(
      {
        talk: async function* (requests) {
          for await (const _ of requests) yield { text };
        },
      },
      `unix:${folder}/echo.sock`,
    );
    const count = 10_000;
    const worker = new Worker(new URL('../../test/support/grpc/echo-flood.ts', import.meta.url), {
      workerData: { address: server.boundAddress(), count },
    });
    const [answers] = await once(worker, 'message');
    await worker.terminate();
    assert.equal(answers, count);
  });

  test('ends with the mapped status when the handler throws in the middle', async () => {
    const { client } = await serve({
      talk: async function* (requests) {
        for await (const { text } of requests) {
          if (text === 'bad') throw refused();
          yield { text };
        }
      },
    });
    const call = client.talk();
    call.send({ text: 'good' });
    call.send({ text: 'bad' });
    const got: string[] = [];
    const reading = (async () => {
      for await (const { text } of call.responses) got.push(text);
    })();
    assert.equal((await failure(reading)).status, 'FAILED_PRECONDITION');
    assert.deepEqual(got, ['good']);
    assert.equal(call.send({ text: 'more' }), false);
    assert.equal((await failure(call.writable())).status, 'FAILED_PRECONDITION');
  });

  test('ends the requests and aborts the signal when the caller cancels', async () => {
    const ended = Promise.withResolvers<boolean>();
    const { client } = await serve({
      talk: async function* (requests, { signal }) {
        for await (const { text } of requests) yield { text };
        if (!signal.aborted) await once(signal, 'abort');
        ended.resolve(signal.aborted);
      },
    });
    const call = client.talk();
    call.send({ text: 'a' });
    const reader = call.responses[Symbol.asyncIterator]();
    await reader.next();
    call.cancel();
    assert.deepEqual(await reader.next(), { done: true, value: undefined });
    assert.equal(await ended.promise, true);
  });

  test('answers while the caller says nothing more', async () => {
    const { client } = await serve({
      talk: async function* () {
        yield { text: 'news' };
        await sleep(20);
        yield { text: 'more' };
      },
    });
    assert.deepEqual(await all(client.talk().responses), ['news', 'more']);
  });

  test('breaks with a RemoteError when the server stops, and another one works when it is back', async () => {
    const { server, client } = await serve();
    const call = client.talk();
    call.send({ text: 'a' });
    const reader = call.responses[Symbol.asyncIterator]();
    await reader.next();
    const next = failure(reader.next());
    await server.stop();
    assert.equal((await next).status, 'UNAVAILABLE');

    await serve({}, server.boundAddress());
    const answer = await patiently(async () => {
      const again = client.talk();
      again.send({ text: 'b' });
      again.end();
      return await all(again.responses);
    });
    assert.deepEqual(answer, ['b']);
  });

  test('ends the requests of a handler when the server stops, wherever they are read', async () => {
    const ended = Promise.withResolvers<void>();
    const { server, client } = await serve({
      talk: async function* (requests) {
        const reading = (async () => {
          for await (const _ of requests);
        })();
        yield { text: 'ready' };
        await reading;
        ended.resolve();
      },
    });
    const call = client.talk();
    call.send({ text: 'a' });
    const reader = call.responses[Symbol.asyncIterator]();
    await reader.next();
    const next = failure(reader.next());
    await server.stop();
    assert.match((await next).status, /UNAVAILABLE|CANCELLED/);
    await ended.promise;
  });
});
