import { dbftSubject } from '#libs/simulation/dbft/subject.ts';
import { pbftSubject } from '#libs/simulation/pbft/subject.ts';
import { simulate } from '#libs/simulation/run/simulate.ts';
import { brokenIn } from './noticed.ts';

// Run with `--import test/simulation/patch-source.ts`: name of the mutant, how many seeds, the protocol. Tells the first of them that notices it.
const seeds = Number(process.argv[3]);
const subject = process.argv[4] === 'dbft' ? dbftSubject : pbftSubject;

function caughtBy(seed: number): string | undefined {
  const members = 4 + (seed % 2);
  return brokenIn(`seed ${seed} of ${members}`, () => simulate(subject, { seed, members }).violations);
}

let caught: string | undefined;
for (let seed = 1; seed <= seeds && caught === undefined; seed++) caught = caughtBy(seed);
process.stdout.write(caught ?? '');
