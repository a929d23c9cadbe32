import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Latest } from './latest.ts';

const never = new AbortController().signal;

async function collect(watch: AsyncIterable<number>): Promise<number[]> {
  const seen: number[] = [];
  for await (const value of watch) seen.push(value);
  return seen;
}

describe('Latest', () => {
  test('gives the value at once, and each newer one', async () => {
    const latest = new Latest(1);
    const watch = latest.watch(never);
    assert.deepEqual(await watch.next(), { value: 1, done: false });
    const next = watch.next();
    latest.set(2);
    assert.deepEqual(await next, { value: 2, done: false });
    assert.equal(latest.value, 2);
  });

  test('waits again after each change, and leaves the process free meanwhile', async () => {
    const latest = new Latest(1);
    const watch = latest.watch(never);
    await watch.next();
    for (const value of [2, 3, 4]) {
      const next = watch.next();
      await new Promise(setImmediate);
      latest.set(value);
      assert.equal((await next).value, value);
    }
  });

  test('gives a slow watcher the newest only', async () => {
    const latest = new Latest(1);
    const watch = latest.watch(never);
    await watch.next();
    for (let value = 2; value <= 100; value++) latest.set(value);
    assert.deepEqual(await watch.next(), { value: 100, done: false });
  });

  test('gives a value again that was set again', async () => {
    const latest = new Latest(1);
    const watch = latest.watch(never);
    await watch.next();
    latest.set(1);
    assert.deepEqual(await watch.next(), { value: 1, done: false });
  });

  test('ends every watch when it is closed', async () => {
    const latest = new Latest(1);
    const all = [collect(latest.watch(never)), collect(latest.watch(never))];
    await new Promise(setImmediate);
    latest.close();
    assert.deepEqual(await Promise.all(all), [[1], [1]]);
    assert.deepEqual(await collect(latest.watch(never)), []);
  });

  test('ends the watch of a signal that aborts, also while it waits, and no other', async () => {
    const latest = new Latest(1);
    const abort = new AbortController();
    const ended = collect(latest.watch(abort.signal));
    const other = latest.watch(never);
    await other.next();
    await new Promise(setImmediate);
    abort.abort();
    assert.deepEqual(await ended, [1]);
    assert.deepEqual(await collect(latest.watch(abort.signal)), []);
    latest.set(2);
    assert.deepEqual(await other.next(), { value: 2, done: false });
  });
});
