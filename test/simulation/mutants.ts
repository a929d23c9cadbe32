import { MUTANTS } from '#test/support/hotstuff/hotstuff-mutants.ts';
import { hunt, type MutantName } from './hunt.ts';
import { sourceCatch } from './hunt-source.ts';
import { SOURCE_MUTANTS, type SourceMutantName } from './source-mutants.ts';

// `btcfed sim --mutants` runs this. Rules are taken out here, in test code: the product has no switches for it.
const isJson = process.argv.includes('--json');
const seeds = Number(process.argv.find((text) => /^\d+$/.test(text)) ?? 400);
const startedMs = performance.now();

/** The checks that caught a mutant: the first of each kind that noticed. */
interface Found {
  readonly mutant: string;
  readonly directed?: string | undefined;
  readonly random?: string | undefined;
  readonly twins?: string | undefined;
}

const found: Found[] = [];

function tell(caught: Found): void {
  found.push(caught);
  const by = [caught.directed, caught.random, caught.twins].filter((each) => each !== undefined).join(' | ');
  process.stderr.write(`${by === '' ? 'SURVIVED' : 'caught'} ${caught.mutant}: ${by || 'nothing'}\n`);
}

for (const mutant of Object.keys(MUTANTS) as MutantName[]) tell(hunt(mutant, seeds));
for (const mutant of Object.keys(SOURCE_MUTANTS) as SourceMutantName[]) {
  tell({ mutant, random: sourceCatch(mutant, seeds) });
}
const survivors = found
  .filter(({ directed, random, twins }) => (directed ?? random ?? twins) === undefined)
  .map(({ mutant }) => mutant);
const result = {
  mode: 'mutants',
  mutants: found.length,
  caught: found.length - survivors.length,
  byDirected: found.filter(({ directed }) => directed !== undefined).length,
  byRandom: found.filter(({ random }) => random !== undefined).length,
  byTwins: found.filter(({ twins }) => twins !== undefined).length,
  survivors,
  seconds: Math.round((performance.now() - startedMs) / 100) / 10,
};
if (isJson) process.stdout.write(`${JSON.stringify({ ...result, found })}\n`);
else for (const [name, value] of Object.entries(result)) process.stdout.write(`${name}: ${value}\n`);
process.exitCode = survivors.length === 0 ? 0 : 1;
