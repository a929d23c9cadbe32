import type { Mutant } from '#libs/simulation/conformance/words/mutant.ts';
import { countingCatch } from '#test/simulation/counting-catch.ts';
import { directedFailure } from '#test/simulation/directed.ts';
import { type MutantName, randomCatch } from '#test/simulation/hunt.ts';
import { sourceCatch } from '#test/simulation/hunt-source.ts';
import { SOURCE_MUTANTS, type SourceMutantName } from '#test/simulation/source-mutants.ts';
import { COUNTING_MUTANTS } from '#test/support/hotstuff/counting-mutants.ts';
import { MUTANTS } from '#test/support/hotstuff/hotstuff-mutants.ts';
import { CASE_MUTANTS } from './case-mutants.ts';
import { caughtBy, strays } from './noticing.ts';

/** Seeds that a mutant may need at most. */
const SEEDS = 400;

/** The mutant of each case first; then every rule of the protocol, and of what is around it. */
export const HOTSTUFF_MUTANTS: readonly Mutant[] = [
  ...CASE_MUTANTS.map((mutant) => ({
    ...{ name: `${mutant.case}: ${mutant.name}`, isQuick: true, caught: () => caughtBy(mutant) },
    strays: () => strays(mutant),
  })),
  ...Object.entries(COUNTING_MUTANTS).map(([name, mutant]) => ({
    ...{ name: `votes to all: ${name}`, isQuick: true, caught: () => countingCatch(mutant, SEEDS) },
  })),
  ...(Object.keys(MUTANTS) as MutantName[]).map((name) => ({
    ...{ name, isQuick: false },
    caught: () => directedFailure(MUTANTS[name].module) ?? randomCatch(name, SEEDS),
  })),
  ...(Object.keys(SOURCE_MUTANTS) as SourceMutantName[]).map((name) => ({
    ...{ name, isQuick: false, caught: () => sourceCatch(name, SEEDS) },
  })),
];
