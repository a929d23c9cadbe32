import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EXIT_CODES } from '#services/launcher/words/exit-codes.ts';
import { outcomeOf } from '#test/support/programs/command-line.ts';
import { runBenchProgram } from './bench-program.ts';

const bench = (...args: readonly string[]) => outcomeOf((context) => runBenchProgram(args, context));

describe('npm run bench', () => {
  test('--help says what it does, on stdout, with exit code 0', async () => {
    const { code, out, notes } = await bench('--help');
    assert.deepEqual([code, notes], [0, '']);
    assert.match(out, /^Usage: npm run bench -- \[options\]/);
    const names = ['members', 'scheme', 'samples', 'load', 'bytes', 'idle', 'signer', 'program', 'json'];
    for (const name of names) assert.match(out, new RegExp(`^  --${name}\\b`, 'm'));
  });

  test('refuses what it cannot measure in one sentence, with the exit code of a command line that cannot be read, or that of a refusal', async () => {
    const few = await bench('--members', '4,3');
    assert.equal(few.code, EXIT_CODES.usage);
    assert.match(few.notes, /^bench: [^\n]*Expected a whole number from 4 to 512[^\n]*$/);
    const unknown = await bench('--members', '4', '--scheme', 'rsa');
    assert.equal(unknown.code, EXIT_CODES.failed);
    assert.match(unknown.notes, /^bench: unknown signature scheme "rsa"[^\n]*$/);
  });
});
