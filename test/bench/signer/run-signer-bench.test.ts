import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { outcomeOf } from '#test/support/programs/command-line.ts';
import { runBenchProgram } from '../bench-program.ts';

const PROGRAM = fileURLToPath(new URL('../bench.ts', import.meta.url));
const bench = (...args: readonly string[]) => outcomeOf((context) => runBenchProgram(args, context));

test('bench --signer takes a real core through views, beside bare signatures, and counts its disk syncs', async () => {
  const args = ['--scheme', 'slh-dsa-sha2-128f', '--samples', '4', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, '--signer', ...args]);
  const [{ bare, kinds, syncs, ratio }] = JSON.parse(stdout).signers;
  const samples = Object.values(kinds).map((row) => (row as { samples: number }).samples);
  assert.deepEqual([bare.samples, ...samples], [13, 1, 4, 4, 4]);
  assert.ok(bare.p50Ms > 0 && ratio > 0, stdout);
  // Record and signature are one synced transaction and one unsynced one: at most a checkpoint adds a sync.
  assert.ok(syncs.perSignature >= 1 && syncs.perSignature < 2, stdout);
});

test('bench --signer refuses an unknown parameter set', async () => {
  const { code, notes } = await bench('--signer', '--scheme', 'rsa');
  assert.equal(code, 1);
  assert.match(notes, /unknown signature scheme "rsa"/);
});

test('bench --signer --program refuses a folder without the unit, and says how one is made', async () => {
  const { code, notes } = await bench('--signer', '--program', '/does/not/exist');
  assert.equal(code, 1);
  assert.match(notes, /btcfed-signer-core.service is not there: make the folder with "npm run build:signer/);
  const alone = await bench('--program', '/does/not/exist');
  assert.equal(alone.code, 1);
  assert.match(alone.notes, /--program goes with --signer/);
});
