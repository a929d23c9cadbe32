import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { prng } from '#libs/random/prng.ts';
import { drawPlan } from './draw-plan.ts';
import { AMNESIAC, BREAKDOWNS, TWIN } from './plan.ts';
import { FAULTS, isOmission, omissionsOf, planWithout } from './plan-without.ts';

const SPLITS = { positions: [{ instance: 0, view: 1 }], steps: ['prepare', 'commit'] };
const CHOICES = { members: 7, actors: [TWIN, AMNESIAC], clerks: ['liar'], splits: SPLITS };
const PLANS = Array.from({ length: 300 }, (_, seed) => drawPlan(prng(seed), CHOICES));

describe('a plan without some of its faults', () => {
  test('every kind of fault is drawn by some seed, and is gone when it is left out', () => {
    for (const fault of FAULTS) {
      assert.ok(
        PLANS.some((plan) => omissionsOf(plan).includes(fault)),
        fault,
      );
      for (const plan of PLANS) assert.ok(!omissionsOf(planWithout(plan, [fault])).includes(fault), fault);
    }
  });

  test('choosing kinds of faults does not disturb the others', () => {
    for (const [seed, plan] of PLANS.entries()) {
      const faults = FAULTS.filter((name) => name !== 'crashes');
      assert.deepEqual(drawPlan(prng(seed), { ...CHOICES, faults }), { ...plan, crashes: [] });
    }
  });

  test('leaves out single entries by the number that the seed gave them', () => {
    const plan = PLANS.find(({ crashes }) => crashes.length >= 3) ?? assert.fail();
    const rest = planWithout(plan, ['crash.0', 'crash.2']);
    assert.deepEqual(
      rest.crashes,
      plan.crashes.filter((_, at) => at !== 0 && at !== 2),
    );
    assert.equal(planWithout(plan, omissionsOf(plan)).byzantine.length, 0);
  });

  test('a liar that is left out lies no more beside the protocol either', () => {
    const plan = PLANS.find(({ whole }) => whole?.clerks.length === 1) ?? assert.fail();
    const at = plan.byzantine.findIndex(({ member }) => member === plan.whole?.clerks[0]?.member);
    assert.deepEqual(planWithout(plan, [`liar.${at}`]).whole?.clerks, []);
    assert.deepEqual(planWithout(plan, ['loss']).whole?.clerks, plan.whole?.clerks);
  });

  test('knows the names of omissions', () => {
    for (const text of ['loss', 'crash.12', 'liar.0']) assert.ok(isOmission(text), text);
    for (const text of ['rain', 'crash', 'crash.x', 'crash.1x', '']) assert.ok(!isOmission(text), text);
  });

  test('broken and lying members together are never more than f, and break in every way', () => {
    for (const { broken, byzantine } of PLANS) {
      const faulty = new Set([...broken, ...byzantine].map(({ member }) => member));
      assert.equal(faulty.size, broken.length + byzantine.length);
      assert.ok([...faulty].filter((member) => member < 7).length <= 2);
    }
    const ways = new Set(PLANS.flatMap(({ broken }) => broken.map(({ how }) => how)));
    assert.deepEqual([...ways].sort(), [...BREAKDOWNS].sort());
  });
});
