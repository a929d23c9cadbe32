import type { Mutant } from '#libs/simulation/conformance/words/mutant.ts';
import { roundsCatch } from '#test/simulation/hunt-rounds.ts';
import {
  mutantsIn,
  type RoundsMutantName,
  type RoundsProtocolName,
} from '#test/simulation/rounds-mutants.ts';

/** Seeds that a mutant may need at most, before the situations of the tests. */
const SEEDS = 20;

/** Tried quickly too: one of each kind that a seed, a situation and a crash show. */
const QUICK: readonly RoundsMutantName[] = [
  'one vote too few is a quorum',
  'what was signed is forgotten in a crash',
  'a proposal that no report allows',
];

/** Every rule of locked rounds, each taken out. */
export const PBFT_MUTANTS = mutantsOf('pbft');

/** The same, and those of the step in between. */
export const DBFT_MUTANTS = mutantsOf('dbft');

function mutantsOf(protocol: RoundsProtocolName): readonly Mutant[] {
  return mutantsIn(protocol).map((name) => ({
    ...{ name, isQuick: QUICK.includes(name) },
    caught: () => roundsCatch(name, SEEDS, protocol),
  }));
}
