import assert from 'node:assert/strict';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { hotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import { type Byzantine, TWIN } from '#libs/simulation/plan/plan.ts';
import { simulate } from '#libs/simulation/run/simulate.ts';
import { firstSeeds } from './seeds.ts';

/** These members run twice, each half knowing nothing of the other. */
export function twins(...members: readonly number[]): readonly Byzantine[] {
  return members.map((member) => ({ member: toMemberIndex(member), actor: TWIN }));
}

/** Runs in which f members, 1 of 4 or 2 of 7, have a twin each: nothing breaks. */
export function assertTwinsHarmless(members: 4 | 7, seeds: number): void {
  const byzantine = members === 4 ? twins(1) : twins(1, 2);
  for (const seed of firstSeeds(seeds)) {
    assert.deepEqual(simulate(hotStuffSubject, { seed, members, byzantine }).violations, [], `seed ${seed}`);
  }
}
