import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { all, closeAll, failure, refused, serve } from '#test/support/grpc/echo-stage.ts';

afterEach(closeAll);

describe('server stream', () => {
  test('brings all in order and ends', async () => {
    const { client } = await serve();
    const expected = Array.from({ length: 500 }, (_, i) => String(i));
    assert.deepEqual(await all(client.count({ text: '500' })), expected);
  });

  test('brings what came before a failure, and then the mapped failure', async () => {
    const { client } = await serve({
      count: async function* () {
        yield { text: 'one' };
        throw refused();
      },
    });
    const got: string[] = [];
    const reading = (async () => {
      for await (const { text } of client.count({ text: '' })) got.push(text);
    })();
    assert.equal((await failure(reading)).errorCode, 'ECHO_REFUSED');
    assert.deepEqual(got, ['one']);
  });

  test('makes the handler wait for a slow reader', async () => {
    let sent = 0;
    const text = 'x'.repeat(2 ** 20);
    const { client } = await serve({
      count: async function* () {
        for (; sent < 500; sent++) yield { text };
      },
    });
    const reader = client.count({ text: '' })[Symbol.asyncIterator]();
    await reader.next();
    await sleep(300);
    assert.ok(sent < 120, `${sent} MB were sent to a reader that took one`);
    await reader.return?.();
  });

  test('tells the handler when the reader leaves, and runs its finally', async () => {
    const ended = Promise.withResolvers<boolean>();
    const { client } = await serve({
      count: async function* (_request, { signal }) {
        try {
          for (;;) {
            yield { text: 'again' };
            await sleep(1);
          }
        } finally {
          ended.resolve(signal.aborted);
        }
      },
    });
    for await (const { text } of client.count({ text: '' })) {
      assert.equal(text, 'again');
      break;
    }
    assert.equal(await ended.promise, true);
  });

  test('leaves a handler that waits for ever when its caller is gone', async () => {
    const aborted = Promise.withResolvers<void>();
    const { client } = await serve({
      count: async function* (_request, { signal }) {
        signal.addEventListener('abort', () => aborted.resolve());
        yield { text: 'one' };
        await new Promise(() => undefined);
      },
    });
    for await (const _ of client.count({ text: '' })) break;
    await aborted.promise;
  });
});
