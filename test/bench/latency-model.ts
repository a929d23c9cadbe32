import { parseArgs } from 'node:util';
import { MEMBERS_MAX, MEMBERS_MIN } from '#libs/membership/limits.ts';
import { fitFactors } from './latency/fit-factors.ts';
import { ModelledMachine } from './latency/modelled-machine.ts';
import { realDecision } from './latency/real-federation.ts';

const HELP = `Fits the model of latencies to real federations on this machine, and judges it by larger ones. Each size is run for real,
and the costs of the model are measured right behind each; the least of each cost counts.

  --fit n,n,…     sizes that the two factors are fitted on (4,7)
  --judge n,n,…   sizes that it is judged by (10); 21 members take 7 GB and a quiet machine
  --samples N     decisions of each real federation (40)
  --scheme NAME   signatures of the votes (slh-dsa-sha2-128f)
  --json          the figures only, as JSON

"cpuMs" is the work of cores of one decision, all members together, and "p50Ms" the time until it is final. An error is
that of the model in percent of the real figure. On a machine that does other work compare cpuMs alone: p50Ms waits for that work.
`;

const { values } = parseArgs({
  options: {
    fit: { type: 'string', default: '4,7' },
    judge: { type: 'string', default: '10' },
    samples: { type: 'string', default: '40' },
    scheme: { type: 'string', default: 'slh-dsa-sha2-128f' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

function sizes(option: string, text: string): readonly number[] {
  const found = text.split(',').map(Number);
  const wrong = found.find((size) => !(Number.isInteger(size) && size >= MEMBERS_MIN && size <= MEMBERS_MAX));
  if (wrong === undefined) return found;
  throw new Error(`--${option} takes sizes from ${MEMBERS_MIN} to ${MEMBERS_MAX} by comma, not "${text}"`);
}

async function measured(members: number) {
  note(`${members} real members …`);
  const real = realDecision(members, Number(values.samples));
  return { members, real, machine: await ModelledMachine.measured(values.scheme, note) };
}

async function run(): Promise<void> {
  const [fitted, judged] = [sizes('fit', values.fit), sizes('judge', values.judge)];
  const [first, ...others] = [...fitted, ...judged];
  if (first === undefined) throw new Error('--fit takes at least one size');
  const runs = [await measured(first)];
  for (const members of others) runs.push(await measured(members));
  const [one, ...more] = runs.map(({ machine }) => machine);
  if (one === undefined) throw new Error('nothing was measured');
  const machine = ModelledMachine.quietest([one, ...more]);
  const fits = runs.filter(({ members }) => fitted.includes(members));
  const points = fits.map(({ members, real }) => machine.pointAt(members, real.cpuMs));
  const factors = fitFactors(points);
  const rows = runs.map(({ members, real }) => {
    const { p50Ms, allCpuMs: cpuMs } = machine.decision(members, factors);
    const kind = fitted.includes(members) ? 'fitted' : 'judged';
    const error = { cpuPercent: percentOf(cpuMs, real.cpuMs), p50Percent: percentOf(p50Ms, real.p50Ms) };
    return { members, kind, real, model: { p50Ms: Math.round(p50Ms), cpuMs: Math.round(cpuMs) }, error };
  });
  const report = { scheme: values.scheme, factors, costs: machine.costs, points, rows };
  process.stdout.write(`${values.json ? JSON.stringify(report) : JSON.stringify(report, undefined, 2)}\n`);
}

function percentOf(model: number, real: number): number {
  return Math.round(1_000 * (model / real - 1)) / 10;
}

if (values.help) process.stdout.write(HELP);
else await run();
