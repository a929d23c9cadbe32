import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MemberIndex } from '#libs/chain/ids.ts';
import { prng } from '#libs/random/prng.ts';
import { drawPlan } from './draw-plan.ts';
import type { Plan } from './plan.ts';

const SEEDS = Array.from({ length: 600 }, (_, seed) => seed);
const PLANS = SEEDS.map((seed) => drawPlan(prng(seed), { members: 5, actors: ['silent'], clerks: ['liar'] }));

/** The members of each epoch, by node. */
function epochsOf({ members, whole }: Plan): readonly (readonly number[])[] {
  const epochs: number[][] = [Array.from({ length: members }, (_, node) => node)];
  for (const { leave, join } of whole?.changes ?? []) {
    const before = epochs.at(-1) ?? [];
    assert.ok(leave.every((node) => before.includes(node)) && join.every((node) => !before.includes(node)));
    epochs.push([...before.filter((node) => !leave.includes(node as MemberIndex)), ...join]);
  }
  return epochs;
}

describe('a run of whole nodes', () => {
  test('has no more than f members that lie or are broken, in any of its epochs', () => {
    for (const plan of PLANS) {
      const faulty = new Set<number>([...plan.byzantine, ...plan.broken].map(({ member }) => member));
      for (const epoch of epochsOf(plan)) {
        const count = epoch.filter((node) => faulty.has(node)).length;
        assert.ok(count <= Math.floor((epoch.length - 1) / 3), JSON.stringify(plan.whole));
      }
    }
  });

  test('keeps to the policy that it drew', () => {
    for (const plan of PLANS) {
      const epochs = epochsOf(plan);
      for (const [at, epoch] of epochs.entries()) {
        const { membersMin = 0, membersMax = 99, growthMax = 0 } = plan.whole?.policy ?? {};
        const growth = epoch.length - (epochs[at - 1] ?? epoch).length;
        assert.ok(epoch.length >= membersMin && epoch.length <= membersMax && growth <= growthMax);
      }
    }
  });

  test('sees all members replaced in one change, chains of changes, and liars that leave and join', () => {
    const epochs = PLANS.map(epochsOf);
    assert.ok(epochs.some((each) => each.length > 4));
    assert.ok(
      epochs.some(
        ([first = [], second]) => second !== undefined && !second.some((node) => first.includes(node)),
      ),
    );
    const joined = PLANS.flatMap(({ members, byzantine }) =>
      byzantine.filter(({ member }) => member >= members),
    );
    assert.ok(joined.length > 0);
    const left = PLANS.flatMap(({ byzantine, whole }) =>
      (whole?.changes ?? []).flatMap(({ leave }) => byzantine.filter(({ member }) => leave.includes(member))),
    );
    assert.ok(left.length > 0);
  });

  test('is drawn only where there are whole nodes', () => {
    for (const seed of SEEDS) assert.equal(drawPlan(prng(seed), { members: 5, actors: [] }).whole, undefined);
    const share = PLANS.filter(({ whole }) => whole !== undefined).length / PLANS.length;
    assert.ok(share > 0.2 && share < 0.4, `${share}`);
  });
});
