import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slots } from './slots.ts';

test('slots let so much work be under way at once, in order, and are given back also by what fails', async () => {
  const slots = new Slots(2, 60_000);
  const started: number[] = [];
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const results = gates.map(({ promise }, index) =>
    slots
      .run(async () => {
        started.push(index);
        await promise;
      })
      .catch(() => 'failed'),
  );
  assert.deepEqual(started, [0, 1]);
  gates[1]?.reject(new Error('broken'));
  await results[1];
  assert.deepEqual(started, [0, 1, 2]);
  for (const { resolve } of gates) resolve();
  await Promise.all(results);
  assert.deepEqual(started, [0, 1, 2, 3, 4]);
  await slots.run(async () => started.push(5));
  assert.equal(started.length, 6);
});

test('slots are not held for ever by work that nobody answers', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const slots = new Slots(1, 1_000);
  void slots.run(() => new Promise(() => {}));
  let isDone = false;
  const second = slots.run(async () => {
    isDone = true;
  });
  context.mock.timers.tick(999);
  await Promise.resolve();
  assert.equal(isDone, false);
  context.mock.timers.tick(1);
  await second;
  assert.equal(isDone, true);
});
