import { readFileSync } from 'node:fs';
import { refuse, runScript, scriptOptions } from '../support/script.ts';
import { type FinalityOutcome, measureFinality } from './finality.ts';
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
  --finality        only 100 transactions of five members, of which 99 must be final within 3 s; without --only they come last
                    but for the floods; they want a machine that does nothing else
  --json            end with one JSON object on stdout

Exit code 0 when nothing broke, 2 when the options make no sense, 1 otherwise.
`;

/** So many that 99 of 100 is a number. */
const FINALITY_TRANSACTIONS = 100;

async function main(): Promise<number> {
  const values = scriptOptions({
    only: { type: 'string', default: '' },
    manifest: { type: 'string' },
    floods: { type: 'boolean', default: false },
    finality: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) return say(HELP);
  const manifests = manifestsOf(values);
  if (values.list) return say(`${manifests.map(({ name }) => name).join('\n')}\n`);
  return runAll({ manifests, ...measuredOf(values), asJson: values.json });
}

interface Asked {
  readonly only: string;
  readonly manifest?: string;
  readonly floods: boolean;
  readonly finality: boolean;
}

function manifestsOf({ only, manifest, floods, finality }: Asked): readonly Manifest[] {
  const isAll = only === '' && manifest === undefined;
  if (floods || finality)
    return isAll ? [] : refuse('--floods and --finality run no manifest: leave --only and --manifest out');
  const manifests = manifest === undefined ? LONG : [fromFile(manifest)];
  const chosen = manifests.filter(({ name }) => name.includes(only));
  return chosen.length > 0 ? chosen : refuse(`no manifest has "${only}" in its name`);
}

/** What is measured beside the manifests: all of it where nothing was chosen. */
function measuredOf({ only, manifest, floods, finality }: Asked): Pick<Chosen, 'transactions' | 'plans'> {
  const isAll = only === '' && manifest === undefined && floods === finality;
  return {
    transactions: isAll || finality ? FINALITY_TRANSACTIONS : 0,
    plans: isAll || floods ? FLOODS : [],
  };
}

interface Chosen {
  readonly manifests: readonly Manifest[];
  /** Timed one by one; 0: none. */
  readonly transactions: number;
  readonly plans: readonly FloodPlan[];
  readonly asJson: boolean;
}

async function runAll({ manifests, transactions, plans, asJson }: Chosen): Promise<number> {
  const outcomes: Outcome[] = [];
  for (const manifest of manifests) outcomes.push(await runOne(manifest));
  if (outcomes.length > 0) process.stderr.write(table(outcomes));
  const finality = transactions === 0 ? undefined : await runFinality(transactions);
  const floods: FloodOutcome[] = [];
  for (const plan of plans) floods.push(await runFlood(plan));
  if (asJson) say(`${JSON.stringify({ outcomes, finality, floods }, (_, value) => plain(value))}\n`);
  const isWhole = outcomes.every(({ violations }) => violations.length === 0);
  const isSound = isWhole && finality?.isInTime !== false && floods.every(({ isHarmless }) => isHarmless);
  return isSound ? 0 : 1;
}

async function runFinality(transactions: number): Promise<FinalityOutcome> {
  const outcome = await measureFinality(transactions);
  const { p50Ms, p99Ms, floorMs, isInTime } = outcome;
  process.stderr.write(
    `finality of ${transactions} transactions: p50 ${p50Ms} ms, p99 ${p99Ms} ms, signatures alone ${floorMs} ms: ` +
      `${isInTime ? 'in time' : 'TOO LATE'}\n`,
  );
  return outcome;
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
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return refuse(`--manifest ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
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

await runScript('e2e:long', main);
