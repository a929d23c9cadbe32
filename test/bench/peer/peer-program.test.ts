import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EXIT_CODES } from '#services/launcher/words/exit-codes.ts';
import { outcomeOf } from '#test/support/programs/command-line.ts';
import { runPeerProgram } from './peer-program.ts';

/** A machine without Go: nothing may be started on it. */
const peer = (...args: readonly string[]) =>
  outcomeOf((context) => runPeerProgram(args, context, () => undefined));

describe('npm run bench:peer', () => {
  test('--help says what it does and how its figures are read, on stdout, with exit code 0', async () => {
    const { code, out, notes } = await peer('--help');
    assert.deepEqual([code, notes], [0, '']);
    assert.match(out, /^Usage: npm run bench:peer -- \[options\]/);
    for (const name of ['turns', 'seconds', 'samples', 'warm-up', 'batch', 'bytes', 'indexer', 'json'])
      assert.match(out, new RegExp(`^  --${name}\\b`, 'm'));
    assert.match(out, /A ratio is btcfed by CometBFT/);
  });

  test('says on a machine without Go why and what to do, with an exit code of its own', async () => {
    const { code, out, notes } = await peer();
    assert.deepEqual([code, out], [69, '']);
    assert.match(
      notes,
      /^bench:peer: CometBFT v0\.38\.\d+ is a program in Go, and there is no Go [^\n]*install Go[^\n]*$/,
    );
  });

  test('says the same in JSON, with its code', async () => {
    const { code, out } = await peer('--json');
    assert.equal(code, 69);
    const { error } = JSON.parse(out);
    assert.equal(error.code, 'COMETBFT_NO_GO');
    assert.match(error.message, /install Go/);
  });

  for (const [args, words] of [
    [['--turns', '0'], /whole number from 1 to 100/],
    [['--seconds', '4000'], /whole number from 1 to 3600/],
    [['--bytes', '2'], /whole number from 64 to 10000/],
    [['--indexer', 'psql'], /Allowed choices are kv, null/],
    [['--members', '7'], /unknown option '--members'/],
  ] as const) {
    test(`refuses ${args.join(' ')} in one sentence, as a command line that cannot be read`, async () => {
      const { code, notes } = await peer(...args);
      assert.equal(code, EXIT_CODES.usage);
      assert.match(notes, words);
      assert.equal(notes.split('\n').length, 1);
    });
  }
});
