import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prng } from '#libs/random/prng.ts';
import { drawPlan } from './draw-plan.ts';
import { instancesOf, TWIN } from './plan.ts';

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);

test('never more than f members lie, each once, and all their lies are known', () => {
  for (const [members, faultyMax] of [
    [1, 0],
    [3, 0],
    [4, 1],
    [6, 1],
    [7, 2],
    [10, 3],
  ] as const) {
    const counts = SEEDS.map((seed) => {
      const { byzantine } = drawPlan(prng(seed), { members, actors: [TWIN, 'silent'] });
      const liars = new Set(byzantine.map(({ member }) => member));
      assert.equal(liars.size, byzantine.length);
      assert.ok(byzantine.every(({ member, actor }) => member < members && [TWIN, 'silent'].includes(actor)));
      return byzantine.length;
    });
    assert.equal(Math.max(...counts), faultyMax);
    assert.equal(Math.min(...counts), 0);
  }
});

test('nobody lies when no lies are allowed', () => {
  for (const seed of SEEDS) assert.deepEqual(drawPlan(prng(seed), { members: 7, actors: [] }).byzantine, []);
});

test('every fault ends with the faults, and every kind of fault happens for some seed', () => {
  const plans = SEEDS.map((seed) => drawPlan(prng(seed), { members: 5, actors: [TWIN] }));
  for (const { partitions, crashes, powerCuts, gstMs } of plans) {
    for (const { untilMs } of partitions) assert.ok(untilMs <= gstMs);
    for (const { atMs } of [...crashes, ...powerCuts]) assert.ok(atMs <= gstMs);
  }
  assert.ok(plans.some(({ partitions }) => partitions.some(({ isOneWay }) => isOneWay)));
  assert.ok(plans.some(({ crashes }) => crashes.some(({ isAfter }) => isAfter)));
  assert.ok(plans.some(({ crashes }) => crashes.some(({ isAfter }) => !isAfter)));
  assert.ok(plans.some(({ powerCuts }) => powerCuts.length > 0));
  assert.ok(plans.some(({ lossRate }) => lossRate > 0) && plans.some(({ lossRate }) => lossRate === 0));
  assert.ok(plans.some(({ duplicateRate }) => duplicateRate > 0));
});

test('a twin has an instance more, and partitions place it', () => {
  const plan = SEEDS.map((seed) => drawPlan(prng(seed), { members: 4, actors: [TWIN] })).find(
    ({ byzantine }) => byzantine.length === 1,
  );
  assert.ok(plan !== undefined);
  assert.equal(instancesOf(plan).length, 5);
  assert.ok(plan.partitions.length > 0);
  for (const { groups } of plan.partitions) assert.equal(groups.length, 5);
});

test('in safety mode faults are all there is; in liveness mode f members lie or are broken for good', () => {
  for (const seed of SEEDS.slice(0, 60)) {
    const safety = drawPlan(prng(seed), { members: 7, actors: [TWIN], mode: 'safety' });
    assert.deepEqual([safety.endsWithFaults, safety.broken], [true, []]);
    const liveness = drawPlan(prng(seed), { members: 7, actors: [TWIN], mode: 'liveness' });
    assert.equal(liveness.endsWithFaults, false);
    assert.equal(liveness.byzantine.length + liveness.broken.length, 2);
  }
});
