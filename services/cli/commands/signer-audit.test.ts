import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { runCommandLine } from '#test/support/command-line.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-audit-'));
after(() => rmSync(base, { recursive: true, force: true }));

const run = (...args: readonly string[]) => runCommandLine('signer', 'audit', ...args);

describe('btcfed signer audit', () => {
  const folder = join(base, 'net', 'm0', 'signer');
  const file = join(base, 'audit.jsonl');
  let head: Record<string, string> = {};
  before(async () => {
    const { code, notes } = await runCommandLine('testnet', '--members', '4', '--out', join(base, 'net'));
    assert.equal(code, 0, notes);
    const shown = await run('head', '--home', join(base, 'net', 'm0'), '--json');
    assert.equal(shown.code, 0, shown.notes);
    head = JSON.parse(shown.out);
    assert.equal((await run('export', '--folder', folder, '--out', file)).code, 0);
  });

  test('exports a log that anybody verifies by the file alone, with the same end', async () => {
    const { code, out } = await run('verify', file, '--json');
    assert.deepEqual([code, JSON.parse(out)], [0, head]);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  test('never writes over a file', async () => {
    const { code, notes } = await run('export', '--folder', folder, '--out', file);
    assert.deepEqual([code, /it is there already/.test(notes)], [1, true]);
  });

  test('finds an end that was noted earlier, in record and file, and says so when it is another', async () => {
    const noted = `${head['rows']}:${head['hash']}`;
    const other = `${head['rows']}:${'0'.repeat(64)}`;
    const later = `99:${head['hash']}`;
    for (const where of [[file], ['--folder', folder]]) {
      assert.equal((await run('verify', ...where, '--noted', noted)).code, 0);
      for (const wrong of [other, later]) {
        const { code, notes } = await run('verify', ...where, '--noted', wrong);
        assert.deepEqual([code, /is not there, or has another hash/.test(notes)], [1, true]);
      }
    }
    assert.match((await run('verify', file, '--noted', 'x')).notes, /--noted: expected the number of a row/);
  });

  const lines = (): string[] => readFileSync(file, 'utf8').trimEnd().split('\n');
  for (const [what, change, reason] of [
    [
      'a changed row',
      ([first, row, ...rest]) => [first, row?.replace('BOUND', 'SIGNED'), ...rest],
      /does not follow/,
    ],
    ['a missing row', ([first, , ...rest]) => [first, ...rest], /head is not of these rows/],
    ['a missing end', (all) => all.slice(0, -1), /its end is missing/],
    [
      'a changed owner',
      ([first, ...rest]) => [first?.replace(/"chain_digest":"./, '"chain_digest":"g'), ...rest],
      /no line/,
    ],
    ['more after its end', (all) => [...all, all.at(-1)], /more after the end/],
    ['nothing in it', () => [], /its end is missing/],
  ] as readonly (readonly [string, (all: string[]) => (string | undefined)[], RegExp])[]) {
    test(`refuses a file with ${what}`, async () => {
      const bad = join(base, 'bad.jsonl');
      writeFileSync(
        bad,
        change(lines())
          .map((line) => `${line}\n`)
          .join(''),
      );
      const { code, notes } = await run('verify', bad);
      assert.equal(code, 1);
      assert.match(notes, reason);
    });
  }

  test('refuses a record whose log was changed, and names the row', async () => {
    const other = join(base, 'net', 'm1', 'signer');
    const database = new DatabaseSync(join(other, 'signer.db'));
    // Triggers keep the rows as they are; who can write the file can drop them.
    for (const { name } of database.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").all()) {
      database.exec(`DROP TRIGGER ${name}`);
    }
    database.prepare("UPDATE audit SET kind = 'x' WHERE sequence = 1").run();
    database.close();
    const { code, notes } = await run('verify', '--folder', other);
    assert.equal(code, 1);
    assert.match(notes, /row 1 of its audit log does not follow/);
  });
});
