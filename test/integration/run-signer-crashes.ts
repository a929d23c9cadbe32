import { parseArgs } from 'node:util';
import { CoreSyscalls } from '#test/support/signer/crashes/core-syscalls.ts';
import { triedAtSteps } from '#test/support/signer/crashes/custody-operation.ts';
import { OPERATIONS_ON_KEYS } from '#test/support/signer/crashes/operations-on-keys.ts';
import { OPERATIONS_ON_RECORDS } from '#test/support/signer/crashes/operations-on-records.ts';
import { crashMatrix } from './signer-crash-matrix.ts';

const HELP = `Kills a real signer core, or has its disk fail with EIO or ENOSPC, at every write and every sync from its start to its
last signature, starts it again on what is left, and asks for both variants of everything. Needs strace.

  --shard I/N      part I of N of the points, for several machines or evenings (1/1)
  --resume FILE    results of earlier runs, a line each: they are not tried again, and new ones are added
  --minutes M      begins no other point after that (120)
  --every N        every Nth point only (1)
  --operations     instead: rotation, import, export, quarantine, recovery, sealing and the rest, ended at every statement
                   and every change of a file, with what a kill and what a power cut leaves; without strace
  --json           one JSON object at the end, on one line

Progress is on stderr. Exit code 1 when a promise broke, or points are left.
`;

const { values } = parseArgs({
  options: {
    every: { type: 'string', default: '1' },
    shard: { type: 'string', default: '1/1' },
    resume: { type: 'string' },
    minutes: { type: 'string', default: '120' },
    operations: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

function wholeNumber(name: string, text: string | undefined): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new Error(`--${name}: expected a whole number, 1 or more, got ${JSON.stringify(text)}`);
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function matrix() {
  const [part, of] = values.shard.split('/').map((text) => wholeNumber('shard', text));
  if (part === undefined || of === undefined || part > of)
    throw new Error('--shard: expected I/N, with I from 1 to N, for example 1/3');
  const endMs = performance.now() + wholeNumber('minutes', values.minutes) * 60_000;
  const every = wholeNumber('every', values.every);
  if (!CoreSyscalls.isPossible) throw new Error('strace is needed, and may not trace here or is missing');
  await using lab = await CoreSyscalls.create();
  return await crashMatrix(lab, { every, shard: { part, of }, resume: values.resume, endMs, say });
}

async function operations() {
  let tries = 0;
  const violations: string[] = [];
  const all = Object.entries({ ...OPERATIONS_ON_KEYS, ...OPERATIONS_ON_RECORDS });
  for (const [name, operation] of all) {
    const { tries: more, found } = await triedAtSteps(operation, 'every');
    tries += more;
    violations.push(...found.map((text) => `${name}: ${text}`));
    say(`${name}: ${more} faults, ${found.length} violations`);
  }
  return { operations: all.length, runs: tries, left: 0, violations };
}

if (values.help) process.stdout.write(HELP);
else {
  const startMs = performance.now();
  const report = await (values.operations ? operations() : matrix());
  const seconds = Math.round((performance.now() - startMs) / 1000);
  process.stdout.write(`${JSON.stringify({ ...report, seconds }, null, values.json ? undefined : 2)}\n`);
  if (report.left > 0) say(`${report.left} points are left: go on with --resume`);
  process.exitCode = report.violations.length === 0 && report.left === 0 ? 0 : 1;
}
