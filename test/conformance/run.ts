// `btcfed conform` runs this: the protocols of the checkout, with the vectors, mutants and the null protocol of its tests.
import { Worker } from 'node:worker_threads';
import type { PartResult } from '#libs/simulation/conformance/open-conformance.ts';
import { ConformanceTally } from '#libs/simulation/conformance/tally.ts';
import { runScript, scriptOptions, wholeNumber } from '#test/support/runner/script.ts';
import { casesOf, namesOf, type Shard, seedsOf, shardOf } from './asked-share.ts';
import { type ConformShare, type ConformTask, isOfAllCases, openConform, rowsOf } from './conform-task.ts';
import { placesOfPart } from './named-part.ts';
import { linesOf, linesOfFailure, reportOf } from './report.ts';

const HELP = 'usage: npm run conform -- --protocol NAME; "npm run conform -- --help" tells the options';
const PROGRESS_MS = 10_000;

await runScript('conform', async () => {
  const options = scriptOptions({
    protocol: { type: 'string', default: 'all' },
    quick: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '1' },
    shard: { type: 'string', default: '1/1' },
    case: { type: 'string' },
    part: { type: 'string' },
    seeds: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (options.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  return judge(options);
});

interface Options {
  readonly protocol: string;
  readonly quick: boolean;
  readonly jobs: string;
  readonly shard: string;
  readonly case?: string | undefined;
  readonly part?: string | undefined;
  readonly seeds?: string | undefined;
  readonly json: boolean;
}

async function judge({ protocol, quick: isQuick, part, json, ...options }: Options): Promise<number> {
  const task = {
    rows: namesOf(protocol),
    isQuick,
    cases: casesOf(options.case),
    seeds: seedsOf(options.seeds, isQuick),
  };
  const shard = shardOf(options.shard);
  const startMs = performance.now();
  const tally = new ConformanceTally(rowsOf(task));
  if (part === undefined) await runAll(task, { shard, jobs: wholeNumber('jobs', options.jobs) }, tally);
  else runOne(task, part, tally);
  const report = reportOf(protocol, tally, Math.round((performance.now() - startMs) / 100) / 10);
  if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else for (const line of linesOf(tally.verdicts(), tally)) process.stdout.write(`${line}\n`);
  const isComplete = part !== undefined || !isOfAllCases(task) || isWhole(report, shard);
  return report.failed === 0 && isComplete && tally.runs > 0 ? 0 : 1;
}

/** Whether every case is there, and was judged; a shard may leave that to the others. */
function isWhole(
  { missing, partly, unrun, notBuiltYet }: ReturnType<typeof reportOf>,
  shard: Shard,
): boolean {
  if (missing > 0)
    process.stderr.write(`conform: not the whole kit, not built yet: ${notBuiltYet.join(', ')}\n`);
  return missing === 0 && (shard.of > 1 || partly + unrun === 0);
}

/** One part again, by its name in a failure. */
function runOne(task: ConformTask, name: string, tally: ConformanceTally): void {
  const open = openConform(task);
  for (const at of placesOfPart(open, { name, isQuick: task.isQuick })) tally.add(open.run(at));
}

async function runAll(
  task: ConformTask,
  { shard, jobs }: { readonly shard: Shard; readonly jobs: number },
  tally: ConformanceTally,
): Promise<void> {
  const parts = openConform(task).parts.length;
  const mine = Math.floor((parts - shard.index) / shard.of) + 1;
  const threads = Math.max(1, Math.min(jobs, mine));
  const extent = task.isQuick
    ? 'quickly, which takes minutes'
    : 'whole, which takes about an hour; --quick takes minutes';
  process.stderr.write(`conform: ${mine} parts of ${task.rows.join(', ')}, ${extent}\n`);
  let [done, toldMs] = [0, performance.now()];
  const take = (result: PartResult): void => {
    const told = tally.failures.length;
    tally.add(result);
    for (const failure of tally.failures.slice(told))
      for (const line of linesOfFailure(failure)) process.stderr.write(`conform: ${line}\n`);
    done += 1;
    if (performance.now() - toldMs < PROGRESS_MS) return;
    toldMs = performance.now();
    process.stderr.write(`conform: ${done} of ${mine} parts, ${tally.failures.length} failures\n`);
  };
  const stride = shard.of * threads;
  const shares = Array.from({ length: threads }, (_, job) => ({
    ...{ task, first: shard.index - 1 + job * shard.of, stride },
  }));
  await Promise.all(shares.map((share) => inThread(share, take)));
  if (done !== mine) throw new Error(`${done} of ${mine} parts came back`);
}

function inThread(share: ConformShare, take: (result: PartResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: share });
    worker.on('message', take);
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`a thread of the conformance kit ended with code ${code}`));
    });
  });
}
