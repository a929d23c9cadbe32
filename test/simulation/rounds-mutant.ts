import { pbftSubject } from '#libs/simulation/pbft/subject.ts';
import { simulate } from '#libs/simulation/run/simulate.ts';

// Run with `--import test/simulation/patch-source.ts`: name of the mutant, how many seeds. Tells the first of them that notices it.
const seeds = Number(process.argv[3]);

function caughtBy(seed: number): string | undefined {
  const members = 4 + (seed % 2);
  try {
    const [violation] = simulate(pbftSubject, { seed, members }).violations;
    return violation && `seed ${seed} of ${members}: ${violation.invariant}`;
  } catch (error) {
    return `seed ${seed} of ${members}: ${String(error)}`;
  }
}

let caught: string | undefined;
for (let seed = 1; seed <= seeds && caught === undefined; seed++) caught = caughtBy(seed);
process.stdout.write(caught ?? '');
