import assert from 'node:assert/strict';
import { PROTOCOLS } from '#services/cli/simulation/protocols.ts';
import { firstSeeds } from '#test/support/simulation/seeds.ts';
import { brokenIn } from './noticed.ts';
import { SOURCE_MUTANTS, type SourceMutant } from './source-mutants.ts';

// Run with `--import test/simulation/patch-source.ts`: name of the mutant, how many seeds, one to try before them. Tells the first catch.
const name = process.argv[2] ?? '';
const seeds = Number(process.argv[3]);
const soon = process.argv[4] === undefined ? undefined : Number(process.argv[4]);
const lie = Object.entries<SourceMutant>(SOURCE_MUTANTS).find(([each]) => each === name)?.[1].lie;
const lies = lie === undefined ? {} : { actors: [lie] };
const hotStuff = PROTOCOLS.get('hotstuff') ?? assert.fail('hotstuff is simulated');

function caughtBy(seed: number): string | undefined {
  const members = 4 + (seed % 2);
  const options = { seed, members, isWhole: true, ...lies };
  return brokenIn(`seed ${seed} of ${members}`, () => hotStuff.run(options).violations);
}

let caught: string | undefined;
for (const seed of firstSeeds(seeds, soon)) {
  caught = caughtBy(seed);
  if (caught !== undefined) break;
}
process.stdout.write(caught ?? '');
