import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { prng } from '#libs/random/prng.ts';
import { Schedule } from './schedule.ts';

function drained(schedule: Schedule): void {
  while (!schedule.isEmpty) schedule.step();
}

test('things happen in the order of their time, whatever the order of the calls', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 200 }), fc.nat(), (delays, seed) => {
      const schedule = new Schedule(prng(seed));
      const seen: number[] = [];
      for (const delayMs of delays) schedule.after(delayMs, () => seen.push(schedule.nowMs));
      drained(schedule);
      assert.deepEqual(
        seen,
        [...delays].sort((a, b) => a - b),
      );
      assert.equal(schedule.steps, delays.length);
    }),
  );
});

test('what happens at the same time is ordered by the seed: the same twice, and another for another seed', () => {
  const order = (seed: number): string => {
    const schedule = new Schedule(prng(seed));
    const seen: number[] = [];
    for (let index = 0; index < 20; index++) schedule.after(5, () => seen.push(index));
    drained(schedule);
    return seen.join();
  };
  assert.equal(order(1), order(1));
  assert.notEqual(order(1), order(2));
});

test('what is planned while something happens comes later, also without a delay', () => {
  const schedule = new Schedule(prng(1));
  const seen: string[] = [];
  schedule.after(1, () => {
    schedule.after(0, () => seen.push('inner'));
    seen.push('outer');
  });
  drained(schedule);
  assert.deepEqual(seen, ['outer', 'inner']);
});

test('time does not run backwards, and an empty schedule has no next event', () => {
  const schedule = new Schedule(prng(1));
  assert.throws(() => schedule.after(-1, () => {}), { name: 'AssertionError' });
  assert.throws(() => schedule.step(), { name: 'AssertionError' });
});
