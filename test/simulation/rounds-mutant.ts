import { pbftSubject } from '#libs/simulation/pbft/subject.ts';
import { simulate } from '#libs/simulation/run/simulate.ts';
import { brokenIn } from './noticed.ts';

// Run with `--import test/simulation/patch-source.ts`: name of the mutant, how many seeds. Tells the first of them that notices it.
const seeds = Number(process.argv[3]);

function caughtBy(seed: number): string | undefined {
  const members = 4 + (seed % 2);
  return brokenIn(`seed ${seed} of ${members}`, () => simulate(pbftSubject, { seed, members }).violations);
}

let caught: string | undefined;
for (let seed = 1; seed <= seeds && caught === undefined; seed++) caught = caughtBy(seed);
process.stdout.write(caught ?? '');
