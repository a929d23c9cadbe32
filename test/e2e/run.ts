import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FLOODS, type FloodOutcome, type FloodPlan, isFlood, measureFlood } from './flood.ts';
import type { Manifest, Outcome } from './manifest.ts';
import { runManifest } from './manifest-runner.ts';
import { LONG } from './manifests.ts';

const HELP = `Runs manifests against federations of real processes and judges them by the client API alone.

  npm run e2e:long -- --json

  --only TEXT       manifests whose name contains it
  --manifest FILE   the manifest of a JSON file instead
  --list            names of the manifests
  --floods          only the floods of a member that lies; without --only they come last; they want two cores and taskset
  --json            end with one JSON object on stdout

Exit code 0 when nothing broke, 1 otherwise.
`;

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: '' },
      manifest: { type: 'string' },
      floods: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return say(HELP);
  const manifests = values.manifest === undefined ? LONG : [fromFile(values.manifest)];
  const chosen = values.floods ? [] : manifests.filter(({ name }) => name.includes(values.only));
  if (values.list) return say(`${chosen.map(({ name }) => name).join('\n')}\n`);
  const isAll = values.only === '' && values.manifest === undefined;
  return runAll(chosen, isAll ? FLOODS : [], values.json);
}

async function runAll(
  manifests: readonly Manifest[],
  plans: readonly FloodPlan[],
  asJson: boolean,
): Promise<number> {
  const outcomes: Outcome[] = [];
  for (const manifest of manifests) outcomes.push(await runOne(manifest));
  if (outcomes.length > 0) process.stderr.write(table(outcomes));
  const floods: FloodOutcome[] = [];
  for (const plan of plans) floods.push(await runFlood(plan));
  if (asJson) say(`${JSON.stringify({ outcomes, floods }, (_, value) => plain(value))}\n`);
  const isWhole = outcomes.every(({ violations }) => violations.length === 0);
  return isWhole && floods.every(({ isHarmless }) => isHarmless) && manifests.length + plans.length > 0
    ? 0
    : 1;
}

async function runOne(manifest: Manifest): Promise<Outcome> {
  process.stderr.write(`${manifest.name}\n`);
  const outcome = await runManifest(manifest, (text) => process.stderr.write(`  ${text}\n`));
  for (const violation of outcome.violations) process.stderr.write(`  VIOLATION ${violation}\n`);
  return outcome;
}

async function runFlood(plan: FloodPlan): Promise<FloodOutcome> {
  const outcome = await measureFlood(plan);
  const { ratio, junkPerSecond, quiet, flooded } = outcome;
  const rates = (windows: FloodOutcome['quiet']) =>
    windows.map(({ blocksPerSecond }) => blocksPerSecond.toFixed(1)).join(' ');
  process.stderr.write(
    `flood of ${plan.junk}: ${junkPerSecond} a second, blocks/s quiet ${rates(quiet)}, flooded ${rates(flooded)}, ` +
      `ratio ${ratio.toFixed(2)}${isFlood(plan.junk, junkPerSecond) ? '' : '; too few to show anything: this machine is too busy'}\n`,
  );
  return outcome;
}

/** A manifest that somebody keeps in a file is trusted as a test is. */
function fromFile(file: string): Manifest {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

function table(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((each) => [
    each.name,
    String(each.members),
    each.scheme,
    String(each.seconds),
    String(each.perturbed),
    String(each.transactions),
    String(each.height),
    String(each.reconnectMsMax),
    String(each.stallMsMax),
    String(each.violations.length),
  ]);
  const head = [
    'manifest',
    'members',
    'scheme',
    'seconds',
    'done',
    'transactions',
    'height',
    'reconnect ms',
    'stall ms',
    'faults',
  ];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return `\n${[head, ...rows].map(line).join('\n')}\n`;
}

process.exitCode = await main(process.argv.slice(2));
