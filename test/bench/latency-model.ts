import { type SchemeName, schemeNames } from '#libs/crypto/parameter-sets.ts';
import { MEMBERS_MAX, MEMBERS_MIN } from '#libs/membership/limits.ts';
import { refuse, runScript, scriptOptions, wholeNumber } from '#test/support/runner/script.ts';
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

interface Options {
  readonly fit: string;
  readonly judge: string;
  readonly samples: string;
  readonly scheme: string;
  readonly json: boolean;
}

await runScript('bench:latency-model', async () => {
  const { help, ...options } = scriptOptions({
    fit: { type: 'string', default: '4,7' },
    judge: { type: 'string', default: '10' },
    samples: { type: 'string', default: '40' },
    scheme: { type: 'string', default: 'slh-dsa-sha2-128f' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (help) process.stdout.write(HELP);
  else await run(options);
  return 0;
});

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

function sizes(option: string, text: string): readonly number[] {
  const found = text.split(',').map(Number);
  const wrong = found.find((size) => !(Number.isInteger(size) && size >= MEMBERS_MIN && size <= MEMBERS_MAX));
  if (wrong === undefined) return found;
  refuse(`--${option} takes sizes from ${MEMBERS_MIN} to ${MEMBERS_MAX} by comma, not "${text}"`);
}

function schemeNamed(name: string): SchemeName {
  return (
    schemeNames().find((each) => each === name) ??
    refuse(`--scheme takes one of ${schemeNames().join(', ')}, not "${name}"`)
  );
}

async function measured(members: number, { samples, scheme }: Options) {
  note(`${members} real members …`);
  const real = realDecision(members, wholeNumber('samples', samples));
  return { members, real, machine: await ModelledMachine.measured(schemeNamed(scheme), note) };
}

async function run(options: Options): Promise<void> {
  const { fit, judge, json, scheme } = options;
  const [fitted, judged] = [sizes('fit', fit), sizes('judge', judge)];
  const [first, ...others] = [...fitted, ...judged];
  if (first === undefined) refuse('--fit takes at least one size');
  const runs = [await measured(first, options)];
  for (const members of others) runs.push(await measured(members, options));
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
  const report = { scheme, factors, costs: machine.costs, points, rows };
  process.stdout.write(`${json ? JSON.stringify(report) : JSON.stringify(report, undefined, 2)}\n`);
}

function percentOf(model: number, real: number): number {
  return Math.round(1_000 * (model / real - 1)) / 10;
}
