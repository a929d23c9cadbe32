import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OneAtATime } from './one-at-a-time.ts';

describe('OneAtATime', () => {
  test('P2P-59 does work in order, never two pieces at once, and gives each its result', async () => {
    const sections = new OneAtATime();
    let inside = 0;
    const order: number[] = [];
    const results = await Promise.all(
      [1, 2, 3].map((number) =>
        sections.run(async () => {
          inside += 1;
          assert.equal(inside, 1);
          await new Promise(setImmediate);
          inside -= 1;
          order.push(number);
          return number * 10;
        }),
      ),
    );
    assert.deepEqual(
      [order, results],
      [
        [1, 2, 3],
        [10, 20, 30],
      ],
    );
  });

  test('a failure is for its caller alone', async () => {
    const sections = new OneAtATime();
    await assert.rejects(
      sections.run(() => Promise.reject(new Error('mine'))),
      /mine/,
    );
    assert.equal(await sections.run(async () => 'next'), 'next');
  });

  test('P2P-59 finished waits for what runs and what waits', async () => {
    const sections = new OneAtATime();
    let done = 0;
    for (let count = 0; count < 3; count++) {
      void sections.run(async () => {
        await new Promise(setImmediate);
        done += 1;
      });
    }
    await sections.finished();
    assert.equal(done, 3);
  });
});
