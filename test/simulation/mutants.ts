import { MUTANTS } from '../support/hotstuff-mutants.ts';
import { type Catch, hunt, isCaught, type MutantName } from './hunt.ts';

// `btcfed sim --mutants` runs this. Rules are taken out here, in test code: the product has no switches for it.
const isJson = process.argv.includes('--json');
const seeds = Number(process.argv.find((text) => /^\d+$/.test(text)) ?? 400);
const startedMs = performance.now();
const found: Catch[] = [];
for (const mutant of Object.keys(MUTANTS) as MutantName[]) {
  const caught = hunt(mutant, seeds);
  found.push(caught);
  const by = [caught.directed, caught.random, caught.twins].filter((each) => each !== undefined).join(' | ');
  process.stderr.write(`${isCaught(caught) ? 'caught' : 'SURVIVED'} ${mutant}: ${by || 'nothing'}\n`);
}
const survivors = found.filter((each) => !isCaught(each)).map(({ mutant }) => mutant);
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
