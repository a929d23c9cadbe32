import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Semaphore } from './semaphore.ts';

/** Tasks that note who ran and end when they are told. */
function fixture(options: {
  readonly permits: number;
  readonly waitingMax: number;
  readonly waitingEachMax?: number;
}) {
  const semaphore = new Semaphore(options);
  const order: string[] = [];
  const ends: (() => void)[] = [];
  const run = (name: string, caller?: string) =>
    semaphore.run(() => {
      order.push(name);
      return new Promise<void>((resolve) => ends.push(resolve));
    }, caller);
  const start = (name: string, caller?: string) => void run(name, caller);
  const finishAll = async () => {
    for (let end = ends.shift(); end !== undefined; end = ends.shift()) {
      end();
      await setImmediate();
    }
  };
  return { semaphore, order, run, start, finishAll };
}

describe('Semaphore', () => {
  test('runs the tasks of one caller in order of arrival', async () => {
    const { start, order, finishAll } = fixture({ permits: 1, waitingMax: 10 });
    for (const name of ['a', 'b', 'c']) start(name);
    await finishAll();
    assert.deepEqual(order, ['a', 'b', 'c']);
  });

  test('A.44: a caller that floods delays another by one task only', async () => {
    const { start, order, finishAll } = fixture({ permits: 1, waitingMax: 100 });
    for (let i = 0; i < 20; i++) start(`flood ${i}`, 'flood');
    start('honest 0', 'honest');
    start('honest 1', 'honest');
    await finishAll();
    assert.deepEqual(order.slice(0, 5), ['flood 0', 'flood 1', 'honest 0', 'flood 2', 'honest 1']);
    assert.equal(order.length, 22);
  });

  test('refuses what would wait beyond the bound of all, and of one caller', () => {
    const { run, start, semaphore } = fixture({ permits: 1, waitingMax: 3, waitingEachMax: 2 });
    start('running', 'a');
    assert.ok(run('a 0', 'a'));
    assert.ok(run('a 1', 'a'));
    assert.equal(run('a 2', 'a'), undefined);
    assert.ok(run('b 0', 'b'));
    assert.equal(run('b 1', 'b'), undefined);
    assert.equal(semaphore.waiting, 3);
  });

  test('F-01: has room for what is its own, however many callers wait, and within a bound', () => {
    const { run, start } = fixture({ permits: 1, waitingMax: 4, waitingEachMax: 2 });
    start('running', 'a');
    for (const caller of ['a', 'a', 'b', 'b']) assert.ok(run('waits', caller));
    assert.equal(run('one too many', 'c'), undefined);
    assert.ok(run('own 0'));
    assert.ok(run('own 1'));
    assert.equal(run('own 2'), undefined);
  });

  test('gives the permit back when nobody waits, also after a task that failed', async () => {
    const semaphore = new Semaphore({ permits: 1, waitingMax: 0 });
    await assert.rejects(
      semaphore.run(() => Promise.reject(new Error('failed'))) ?? Promise.resolve(),
      /failed/,
    );
    assert.equal(await semaphore.run(async () => 'next'), 'next');
    assert.equal(semaphore.waiting, 0);
  });

  test('holds nothing of a caller whose tasks are all done', async () => {
    const { run, start, semaphore, finishAll } = fixture({ permits: 1, waitingMax: 10 });
    for (let i = 0; i < 5; i++) start(`${i}`, `caller ${i}`);
    await finishAll();
    assert.equal(semaphore.waiting, 0);
    assert.ok(run('after'));
  });
});
