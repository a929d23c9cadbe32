// `npm run traces`: runs the seeds of test/vectors/traces again and compares their events with those of the day on
// which the hashes were written. For changes that must not alter any event.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { runScript, scriptOptions, wholeNumber } from '#test/support/runner/script.ts';

const HELP = `usage: npm run traces -- [--jobs N] [--only TEXT] [--write]

Runs the seeds of test/vectors/traces (FILE: nodes-members.txt, a line for each seed from 1 on) and compares the hash of
all that happened in each. It takes some two minutes.
  --jobs N      threads (default: 2)
  --only TEXT   only files whose name contains TEXT, such as "whole"
  --write       write the hashes of today, after a change of behaviour that is meant
Exit code 0 when all are equal, 1 when some differ, 64 when the options make no sense.`;

const FOLDER = new URL('../vectors/traces/', import.meta.url).pathname;
/** Far above what a file takes on a slow machine. */
const FILE_MS_MAX = 3_600_000;

interface Options {
  readonly jobs: string;
  readonly only: string;
  readonly write: boolean;
}

await runScript('traces', () => {
  const { help, ...options } = scriptOptions({
    jobs: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (!help) return compare(options);
  process.stdout.write(`${HELP}\n`);
  return 0;
});

function compare({ jobs, only, write }: Options): number {
  wholeNumber('jobs', jobs);
  const files = readdirSync(FOLDER).filter((file) => file.includes(only));
  let differing = 0;
  for (const file of files) {
    const before = readFileSync(join(FOLDER, file), 'utf8').trimEnd().split('\n');
    const now = hashesNow(basename(file, '.txt'), before.length, jobs);
    if (write) writeFileSync(join(FOLDER, file), `${now.join('\n')}\n`);
    const moved = before.filter((line, at) => line !== now[at]).map((line) => line.split(' ')[0]);
    differing += moved.length;
    const verdict = moved.length === 0 ? 'all equal' : `${moved.length} differ: seeds ${moved.join(', ')}`;
    process.stdout.write(`${file}: ${before.length} seeds, ${verdict}\n`);
  }
  return differing === 0 || write ? 0 : 1;
}

/** One line for each seed from 1 on: seed and hash. @param kind - "replicas-4", "whole-5". */
function hashesNow(kind: string, seeds: number, jobs: string): readonly string[] {
  const [nodes = '', members = ''] = kind.split('-');
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-traces-'));
  try {
    const out = join(folder, 'hashes');
    const run = ['--nodes', nodes, '--members', members, '--from', '1', '--seeds', `${seeds}`];
    const how = ['--jobs', jobs, '--repeat', `${seeds}`, '--trace-hashes', out, '--json'];
    execFileSync(process.execPath, ['services/cli/btcfed.mjs', 'sim', ...run, ...how], {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: FILE_MS_MAX,
    });
    return readFileSync(out, 'utf8').trimEnd().split('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
