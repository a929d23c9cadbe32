// `npm run conform:mutants`: which cases of the quick kit are red for each mutant of a case.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { refuse, runScript, scriptOptions, wholeNumber } from '#test/support/runner/script.ts';
import { SIMULATED } from './case-mutant.ts';
import { CASE_MUTANTS } from './case-mutants.ts';
import { noticed } from './noticing.ts';

const HELP = `usage: npm run conform:mutants -- [--jobs N] [--mutant TEXT]
Runs the quick kit on every mutant of a case, or on those whose name has TEXT in it, and tells the cases that are red for it.
`;

const TEXT_MAX = 200;

/** The cases that noticed one mutant. */
interface Noticed {
  readonly mutant: string;
  readonly own: string;
  readonly cases: readonly string[];
  readonly texts: readonly string[];
  readonly seconds: number;
}

function named(text: string): readonly (typeof CASE_MUTANTS)[number][] {
  return CASE_MUTANTS.filter(
    (mutant) => mutant.patch === undefined && `${mutant.case} ${mutant.name}`.includes(text),
  );
}

if (isMainThread) {
  await runScript('conform:mutants', async () => {
    const options = scriptOptions({
      jobs: { type: 'string', default: '1' },
      mutant: { type: 'string', default: '' },
      help: { type: 'boolean', short: 'h', default: false },
    });
    if (options.help) {
      process.stdout.write(HELP);
      return 0;
    }
    const mutants = named(options.mutant).length;
    if (mutants === 0)
      refuse(`--mutant takes a part of the name of a mutant, such as C9, not "${options.mutant}"`);
    const jobs = Math.min(wholeNumber('jobs', options.jobs), mutants);
    let isEachNoticed = true;
    const take = ({ mutant, own, cases, texts, seconds }: Noticed): void => {
      const others = cases.filter((id) => id !== own);
      const isOwn = cases.includes(own);
      isEachNoticed &&= isOwn;
      const told = `${isOwn ? own : `NOT ${own}`}; others: ${others.join(', ') || 'none'}`;
      process.stdout.write(`${mutant}: ${told} (${seconds} s)\n`);
      for (const text of texts) process.stdout.write(`    ${text}\n`);
    };
    await Promise.all(Array.from({ length: jobs }, (_, job) => inThread(options.mutant, job, jobs, take)));
    return isEachNoticed ? 0 : 1;
  });
} else {
  const { text, job, jobs } = workerData as {
    readonly text: string;
    readonly job: number;
    readonly jobs: number;
  };
  for (const [at, mutant] of named(text).entries()) {
    if (at % jobs !== job) continue;
    const startMs = performance.now();
    const found = noticed(mutant, SIMULATED);
    parentPort?.postMessage({
      ...{ mutant: mutant.name, own: mutant.case, cases: [...found.keys()] },
      texts: [...found].map(([id, what]) => `${id}: ${what}`.slice(0, TEXT_MAX)),
      seconds: Math.round((performance.now() - startMs) / 1000),
    } satisfies Noticed);
  }
}

function inThread(text: string, job: number, jobs: number, take: (noticed: Noticed) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { text, job, jobs } });
    worker.on('message', take);
    worker.on('error', reject);
    worker.on('exit', () => resolve());
  });
}
