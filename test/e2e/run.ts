import { runScript, scriptOptions } from '#test/support/runner/script.ts';
import { type Chosen, chosenOf } from './chosen.ts';
import { type FinalityOutcome, measureFinality } from './finality/finality.ts';
import { type FloodOutcome, type FloodPlan, isFlood, measureFlood } from './floods/flood.ts';
import { isSound, type LongOutcome, type LongTests, longTests, runLongTests } from './long-tests.ts';
import type { Manifest, Outcome } from './manifests/manifest.ts';
import { runManifest } from './manifests/manifest-runner.ts';
import { LONG } from './manifests/manifests.ts';
import { outcomeTable } from './manifests/outcome-table.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

const HELP = `Runs what takes too long for every change: manifests against federations of real processes, judged by the client API
alone, and the long tests (test/long), which show on all cases what "npm test" shows on a few.

  npm run e2e:long -- --json

  --only TEXT       manifests whose name contains it, and long tests whose file or purpose does
  --manifest FILE   the manifest of a JSON file instead
  --protocol NAME   the manifests alone, on chains of this protocol
  --tests           only the long tests
  --finality        only 100 transactions of five members, of which 99 must be final within 3 s; without a choice they come
                    after the tests; they want a machine that does nothing else
  --floods          only the floods of a member that lies; without a choice they come last; they want two cores and taskset
  --operator        only what an operator is told of each fault: status, health, alert and diagnosis; wants a Prometheus
  --list            names of the manifests, and what the long tests prove
  --json            end with one JSON object on stdout

Exit code 0 when nothing broke, 64 when the options make no sense, 1 otherwise.
`;

async function main(): Promise<number> {
  const { help, list, json, ...asked } = scriptOptions({
    only: { type: 'string', default: '' },
    manifest: { type: 'string' },
    protocol: { type: 'string' },
    tests: { type: 'boolean', default: false },
    floods: { type: 'boolean', default: false },
    finality: { type: 'boolean', default: false },
    operator: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (help) return say(HELP);
  if (list) return say(listed());
  return runAll(chosenOf(asked), json);
}

function listed(): string {
  const tests = longTests(ROOT).map(({ file, proves }) => `${file}: ${proves}`);
  return `${[...LONG.map(({ name }) => name), ...tests].join('\n')}\n`;
}

async function runAll({ manifests, tests, transactions, plans }: Chosen, asJson: boolean): Promise<number> {
  const outcomes: Outcome[] = [];
  for (const manifest of manifests) outcomes.push(await runOne(manifest));
  if (outcomes.length > 0) tell(outcomeTable(outcomes));
  const tested: LongOutcome[] = [];
  for (const each of tests) tested.push(await runTests(each));
  const finality = transactions === 0 ? undefined : await runFinality(transactions);
  const floods: FloodOutcome[] = [];
  for (const plan of plans) floods.push(await runFlood(plan));
  const result = { outcomes, tests: tested, finality, floods };
  if (asJson) say(`${JSON.stringify(result, (_, value) => plain(value))}\n`);
  const isWhole =
    outcomes.every(({ violations, late }) => violations.length + late.length === 0) && tested.every(isSound);
  return isWhole && finality?.isInTime !== false && floods.every(({ isHarmless }) => isHarmless) ? 0 : 1;
}

async function runOne(manifest: Manifest): Promise<Outcome> {
  tell(`${manifest.name}\n`);
  const outcome = await runManifest(manifest, (text) => tell(`  ${text}\n`));
  for (const violation of outcome.violations) tell(`  VIOLATION ${violation}\n`);
  for (const each of outcome.late) tell(`  LATE ${each}\n`);
  return outcome;
}

async function runTests(tests: LongTests): Promise<LongOutcome> {
  tell(`${tests.file}: ${tests.proves}\n`);
  const outcome = await runLongTests(ROOT, tests, (text) => tell(`  ${text}\n`));
  const { passed, failed, seconds } = outcome;
  tell(`  ${passed} passed, ${failed.length} failed, ${seconds} s${isSound(outcome) ? '' : ': NOT SHOWN'}\n`);
  return outcome;
}

async function runFinality(transactions: number): Promise<FinalityOutcome> {
  const outcome = await measureFinality(transactions);
  const { p50Ms, p99Ms, floorMs, isInTime } = outcome;
  tell(
    `finality of ${transactions} transactions: p50 ${p50Ms} ms, p99 ${p99Ms} ms, signatures alone ${floorMs} ms: ` +
      `${isInTime ? 'in time' : 'TOO LATE'}\n`,
  );
  return outcome;
}

async function runFlood(plan: FloodPlan): Promise<FloodOutcome> {
  const outcome = await measureFlood(plan);
  const { ratio, junkPerSecond, quiet, flooded } = outcome;
  const rates = (windows: FloodOutcome['quiet']) =>
    windows.map(({ blocksPerSecond }) => blocksPerSecond.toFixed(1)).join(' ');
  tell(
    `flood of ${plan.junk}: ${junkPerSecond} a second, blocks/s quiet ${rates(quiet)}, flooded ${rates(flooded)}, ` +
      `ratio ${ratio.toFixed(2)}${isFlood(plan.junk, junkPerSecond) ? '' : '; too few to show anything: this machine is too busy'}\n`,
  );
  return outcome;
}

function tell(text: string): void {
  process.stderr.write(text);
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

await runScript('e2e:long', main);
