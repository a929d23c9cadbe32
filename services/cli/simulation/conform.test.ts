import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { nameOfRow } from '#libs/simulation/conformance/row.ts';
import { EXIT_CODES } from '#services/launcher/words/exit-codes.ts';
import { openConform } from '#test/conformance/conform-task.ts';
import { ROWS } from '#test/conformance/rows.ts';
import { runProgram } from '../program.ts';

/** Runs `btcfed conform` as from a checkout. */
async function conform(args: string, root = new URL('../../..', import.meta.url).pathname) {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runProgram(['conform', ...args.split(' ')], {
    terminal: { out: (line) => out.push(line), note: (line) => notes.push(line), isInteractive: false },
    env: {},
    root,
    node: process.execPath,
    readInput: () => assert.fail('read input'),
    interruption: () => assert.fail('started something'),
    sinceStartMs: () => 0,
  });
  return { code, out, notes: notes.join('\n') };
}

describe('btcfed conform', () => {
  test('judges every registered protocol, quickly: nothing fails, every case is there, and every mutant is noticed', async () => {
    const { code, out, notes } = await conform('--quick --jobs 2 --json');
    const report = JSON.parse(out.at(-1) ?? '');
    const { cases, passed, skipped, missing, failures, mutants, caught, forks, stalls, doubleSigns, unrun } =
      report;
    assert.deepEqual(failures, []);
    assert.deepEqual([forks, stalls, doubleSigns, unrun], [0, 0, 0, 0]);
    assert.deepEqual([missing, code, notes.includes('not the whole kit')], [0, 0, false]);
    assert.deepEqual([passed + skipped, cases], [cases, 21 * ROWS.length]);
    assert.ok(mutants > 0 && caught === mutants);
  });

  test('judges some cases alone, and one part again', async () => {
    const some = await conform('--quick --case C1,c2 --json');
    assert.deepEqual([some.code, JSON.parse(some.out.join('')).passed], [0, 2 * ROWS.length]);
    const one = await conform('--quick --part bytes.0 --json');
    assert.deepEqual([one.code, JSON.parse(one.out.join('')).runs], [0, ROWS.length]);
  });

  test('runs more seeds than the kit has, a part of them at a time', async () => {
    const { code, out } = await conform('--protocol pbft --quick --case C5 --seeds 40 --shard 2/40 --json');
    assert.deepEqual([code, JSON.parse(out.join('')).runs], [0, 1]);
    const of = (seeds?: number) =>
      openConform({ rows: ['pbft/plain'], isQuick: true, seeds }).parts.filter(
        ({ course }) => course === 'seeds',
      ).length;
    assert.deepEqual([of(40), of()], [40, 20]);
  });

  test('tells every case in words', async () => {
    const { out } = await conform('--quick --case C1');
    assert.ok(out.some((line) => /^ {2}C1 +passed +the table of votes/.test(line)));
    assert.ok(out.some((line) => /^ {2}C6 +unrun/.test(line)));
  });

  for (const [args, sentence] of [
    ['--protocol raft', /unknown protocol "raft"; known: hotstuff, pbft, dbft, or all/],
    ['--case C22', /--case takes names from C1 to C21/],
    [
      '--part nowhere.3',
      /--part takes a course and a number, such as .* not "nowhere.3"; courses: table, bytes, /,
    ],
    ['--quick --part bytes.1', /--part takes bytes.0 to bytes.0 of this course with --quick, not "bytes.1"/],
    ['--part bytes', /--part takes bytes.0 to bytes.0 of this course without --quick, not "bytes"/],
    ['--shard 3/2', /--shard takes .* not "3\/2"/],
    ['--seeds 9999', /--seeds takes 10000 at least, the seeds of the kit without --quick, not 9999/],
    ['--quick --seeds 19', /--seeds takes 20 at least, the seeds of the kit with --quick, not 19/],
    ['--seeds many', /whole number from 1 to 10000000/],
    ['--jobs 0', /whole number from 1 to 256/],
    ['--part bytes.0 --case C2', /cannot be used with/],
    ['more', /too many arguments/],
  ] as const) {
    test(`refuses ${args} in one sentence`, async () => {
      const { code, out, notes } = await conform(args);
      assert.deepEqual([code, out], [EXIT_CODES.usage, []]);
      assert.match(notes, sentence);
      assert.match(notes, /^btcfed: [^\n]+$/);
    });
  }

  test('has the part that its examples name', async () => {
    const { parts } = openConform({ rows: ROWS.map(nameOfRow), isQuick: true });
    const named = new Set(parts.map(({ course, part }) => `${course}.${part}`));
    const pages = ['services/cli/commands/conform.ts', 'libs/simulation/conformance/README.md'];
    for (const page of pages) {
      const text = await readFile(new URL(`../../../${page}`, import.meta.url), 'utf8');
      const examples = [...text.matchAll(/--part ([a-z-]+\.\d+)/g)].map(([, part = '']) => part);
      assert.ok(examples.length > 0 && examples.every((part) => named.has(part)), `${page}: ${examples}`);
    }
  });

  test('says where it can run when there is no checkout', async () => {
    const { code, notes } = await conform('--quick', '/nowhere');
    assert.equal(code, EXIT_CODES.usage);
    assert.match(notes, /conform needs the tests of the checkout: there is no test\/conformance\/run.ts/);
  });
});
