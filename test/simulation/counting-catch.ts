import { toMemberIndex } from '#libs/chain/ids.ts';
import { simulate } from '#libs/simulation/run/simulate.ts';
import type { CountingMutant } from '#test/support/hotstuff/counting-mutants.ts';
import { firstSeeds } from '#test/support/simulation/seeds.ts';
import { firstBroken } from './noticed.ts';

/** The first seed in which a mutant of counting breaks an invariant, with the invariant; undefined when none does. */
export function countingCatch({ subject, actor }: CountingMutant, seeds: number): string | undefined {
  const liars = actor === undefined ? { actors: [] } : { byzantine: [{ member: toMemberIndex(1), actor }] };
  for (const seed of firstSeeds(seeds)) {
    const first = firstBroken(simulate(subject, { seed, members: 4, ...liars }).violations);
    if (first !== undefined) return `seed ${seed}: ${first.invariant}`;
  }
  return undefined;
}
