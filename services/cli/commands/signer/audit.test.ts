import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { auditRowLine, rowText } from '#services/signer/record/audit-text.ts';
import { openRecord } from '#services/signer/record/open-record.ts';
import { type AuditRow, nextRow } from '#services/signer/record/rules/audit-entry.ts';
import { auditOf } from '#services/signer/record/rules/audit-of.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-audit-'));
after(() => rmSync(base, { recursive: true, force: true }));

type Change = (all: readonly string[]) => readonly (string | undefined)[];

/** Rows count from 1, and the first line is none. */
function swapped(row: number, change: (line: string) => string): Change {
  return (all) => all.map((line, index) => (index === row ? change(line) : line));
}

/** A row more, hashed as it should be, before the end. */
function appended(all: readonly string[]): readonly string[] {
  const last = parsedRow(all.at(-2));
  return [...all.slice(0, -1), rowText(nextRow(last, { ...last, atMs: 1n })), all.at(-1) ?? ''];
}

/** The last row with another content, hashed as it should be. */
function rewritten(all: readonly string[]): readonly string[] {
  const [before, last] = [parsedRow(all.at(-3)), parsedRow(all.at(-2))];
  return [...all.slice(0, -2), rowText(nextRow(before, { ...last, atMs: 1n })), all.at(-1) ?? ''];
}

function parsedRow(line: string | undefined): AuditRow {
  const { at_ms: atMs, ...rest } = auditRowLine.parse(JSON.parse(line ?? ''));
  return { ...rest, atMs };
}

/** The verdict on a broken log with --json. */
async function verdictOf(...args: readonly string[]): Promise<string> {
  const { code, out } = await run(...args, '--json');
  const { ok, verdict, reason } = JSON.parse(out);
  assert.deepEqual([code, ok, typeof reason], [1, false, 'string']);
  return verdict;
}

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
    assert.deepEqual([code, /--out <file>' argument .* It exists already/.test(notes)], [64, true]);
  });

  test('finds an end that was noted earlier, in record and file, and says so when it is another', async () => {
    const noted = `${head['rows']}:${head['hash']}`;
    const other = `${head['rows']}:${'0'.repeat(64)}`;
    const later = `99:${head['hash']}`;
    for (const where of [[file], ['--folder', folder]]) {
      assert.equal((await run('verify', ...where, '--noted', noted)).code, 0);
      assert.equal(await verdictOf('verify', ...where, '--noted', other), 'forked');
      assert.equal(await verdictOf('verify', ...where, '--noted', later), 'set-back');
    }
    assert.match((await run('verify', file, '--noted', 'x')).notes, /--noted: expected the number of a row/);
  });

  test('holds the audit key against the one that was expected, in record, file and export', async () => {
    const key = head['auditKey'] ?? '';
    const out = join(base, 'expected.jsonl');
    for (const where of [
      ['verify', file],
      ['head', '--folder', folder],
      ['export', '--folder', folder, '--out', out],
    ]) {
      assert.equal(await verdictOf(...where, '--expect-key', '0'.repeat(64)), 'other-key');
      assert.equal(existsSync(out), false);
      assert.equal((await run(...where, '--expect-key', key)).code, 0);
    }
    assert.match(
      (await run('verify', file, '--expect-key', 'x')).notes,
      /--expect-key: expected the audit key/,
    );
  });

  describe('of a log of several rows', () => {
    const long = join(base, 'long.jsonl');
    let lines: readonly string[] = [];
    before(async () => {
      const signer = join(base, 'net', 'm2', 'signer');
      const { ledger } = await openRecord({ folder: signer });
      for (let count = 0; count < 5; count++) ledger.note(auditOf(ledger.state(), 'STALE_SLOT', 'prepare'));
      ledger.close();
      assert.equal((await run('export', '--folder', signer, '--out', long)).code, 0);
      lines = readFileSync(long, 'utf8').trimEnd().split('\n');
      assert.ok(lines.length > 6);
    });

    for (const [verdict, what, change, reason] of [
      [
        'edited',
        'a row that says something else',
        swapped(2, (row) => row.replace(/"at_ms":"./, '"at_ms":"3')),
        /row 2 .* was changed/,
      ],
      [
        'edited',
        'a row with another hash',
        swapped(3, (row) =>
          row.replace(/"hash":"../, '"hash":"zz').replace('zz', row.includes('"hash":"00') ? '11' : '00'),
        ),
        /row 3 .* was changed/,
      ],
      [
        'reordered',
        'two rows that changed places',
        ([first, a, b, c, ...rest]) => [first, a, c, b, ...rest],
        /row 2 .* out of order/,
      ],
      [
        'reordered',
        'a row that stands there twice',
        ([first, a, ...rest]) => [first, a, a, ...rest],
        /row 2 .* out of order/,
      ],
      [
        'rows-missing',
        'a row that is gone',
        ([first, a, , ...rest]) => [first, a, ...rest],
        /row 2 .* is missing/,
      ],
      ['truncated', 'no end', (all) => all.slice(0, -1), /cut off after row/],
      [
        'truncated',
        'the last rows gone before its end',
        (all) => [...all.slice(0, -2), all.at(-1)],
        /are missing at its end/,
      ],
      ['forked', 'a row more than was signed', appended, /signed after row/],
      ['forked', 'its last row written anew', rewritten, /written anew/],
      [
        'unsigned',
        'an end that nobody signed',
        (all) => [
          ...all.slice(0, -1),
          all.at(-1)?.replace(/(?<="signature":")./, (digit) => (digit === 'a' ? 'b' : 'a')),
        ],
        /signature of its end does not hold/,
      ],
      [
        'unsigned',
        'another owner',
        ([first, ...rest]) => [
          first
            ?.replace(/"chain_digest":"[0-9a-f]{2}/, '"chain_digest":"abc')
            .replace('abc', first.includes('"chain_digest":"ab') ? 'cd' : 'ab'),
          ...rest,
        ],
        /signature of its end/,
      ],
      [
        'malformed',
        'a line that is none',
        ([first, ...rest]) => [first, '{}', ...rest],
        /line 2: it is no line/,
      ],
      ['malformed', 'more after its end', (all) => [...all, all.at(-1)], /more after the end/],
      ['malformed', 'nothing in it', () => [], /it is empty/],
    ] as readonly (readonly [string, string, Change, RegExp])[]) {
      test(`calls ${what} ${verdict}`, async () => {
        const bad = join(base, 'bad.jsonl');
        writeFileSync(
          bad,
          change(lines)
            .map((line) => `${line}\n`)
            .join(''),
        );
        const { code, notes } = await run('verify', bad);
        assert.equal(code, 1);
        assert.match(notes, reason);
        assert.equal(await verdictOf('verify', bad), verdict);
      });
    }
  });

  test('refuses a record whose log was changed, and names the row', async () => {
    const other = join(base, 'net', 'm1', 'signer');
    const database = new DatabaseSync(join(other, 'signer.db'));
    // Triggers keep the rows as they are; a user who can write the file can drop them.
    for (const { name } of database.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").all()) {
      database.exec(`DROP TRIGGER ${name}`);
    }
    database.prepare("UPDATE audit SET kind = 'x' WHERE sequence = 1").run();
    database.close();
    const { code, notes } = await run('verify', '--folder', other);
    assert.equal(code, 1);
    assert.match(notes, /row 1 does not follow from the one before: it was changed/);
    assert.equal(await verdictOf('verify', '--folder', other), 'edited');
  });
});
