import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import { deleteOldest } from './rotated-files.ts';
import { RotatingFile } from './rotating-file.ts';

const WRITER = new URL('../../test/support/disk/write-log-lines.ts', import.meta.url).pathname;
const SIZE = 64;
const LINE_BYTES_MAX = 40;
const WRITERS = 3;

type Step =
  | { readonly kind: 'write'; readonly writer: number; readonly length: number }
  | { readonly kind: 'restart'; readonly writer: number }
  /** A process dies between the claim of a name and the rename. */
  | { readonly kind: 'die-in-rotation' };

const writer = fc.nat(WRITERS - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant('write'),
      writer,
      length: fc.integer({ min: 8, max: LINE_BYTES_MAX }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restart'), writer }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('die-in-rotation') }) },
);

describe('rotated log files', () => {
  let folder = '';
  let path = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rotated-'));
    path = join(folder, 'node.log');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Numbers of the rotated files, oldest first. */
  const numbers = () =>
    readdirSync(folder)
      .flatMap((name) => /^node\.log\.([1-9]\d*)$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  const keptLines = () =>
    [...numbers().map((number) => `${path}.${number}`), path]
      .filter((name) => existsSync(name))
      .flatMap((name) => readFileSync(name, 'utf8').split('\n').slice(0, -1));
  /** A rotated file that was last written at this second. */
  const rotated = (number: number, writtenS: number) => {
    writeFileSync(`${path}.${number}`, `${number}\n`);
    utimesSync(`${path}.${number}`, writtenS, writtenS);
  };
  const deleteBeyond = (countMax: number) => deleteOldest(path, { countMax, remove: unlinkSync });

  /** Takes the steps in an empty folder. Returns all lines in their order, and how many claims of the dead lie there. */
  const run = (steps: readonly Step[], fileCountMax: number) => {
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    const open = () => new RotatingFile({ path, sizeBytesMax: SIZE, fileCountMax });
    const writers = Array.from({ length: WRITERS }, open);
    const written: string[] = [];
    const claims = steps.filter(({ kind }) => kind === 'die-in-rotation').length;
    const take = (each: Step) => {
      if (each.kind === 'die-in-rotation') return writeFileSync(`${path}.${1 + (numbers().at(-1) ?? 0)}`, '');
      if (each.kind === 'restart') {
        writers[each.writer]?.close();
        writers[each.writer] = open();
        return;
      }
      const line = String(written.length).padStart(each.length - 1, '.');
      written.push(line);
      writers[each.writer]?.write(`${line}\n`);
    };
    for (const each of steps) take(each);
    for (const each of writers) each.close();
    return { written, claims };
  };
  const bytesOf = (lines: readonly string[]) => lines.reduce((sum, line) => sum + line.length + 1, 0);

  test('F-52: after any sequence of several writers the newest files are there, no more of them, and no newest line is lost', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 120 }),
        fc.integer({ min: 1, max: 4 }),
        (steps, fileCountMax) => {
          const { written, claims } = run(steps, fileCountMax);
          const kept = keptLines();
          assert.deepEqual(kept, written.slice(written.length - kept.length), 'a suffix of all lines');
          assert.ok(numbers().length <= fileCountMax + claims);
          const least = Math.max(fileCountMax - claims, 0) * (SIZE - LINE_BYTES_MAX);
          assert.ok(bytesOf(kept) >= Math.min(bytesOf(written), least), `${bytesOf(kept)} bytes are kept`);
          assert.equal(kept.at(-1), written.at(-1));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('F-52: several processes that rotate at once keep the bound and their newest lines', async () => {
    const counts = new Map(['a', 'b', 'c'].map((name) => [name, 600]));
    const exits = [...counts].map(([name, count]) =>
      once(
        spawn(process.execPath, [WRITER, path, name, String(count), '2048', '3'], { stdio: 'ignore' }),
        'close',
      ),
    );
    assert.deepEqual((await Promise.all(exits)).flat(), [0, null, 0, null, 0, null]);
    // A process may have rotated while the last one looked which files there are.
    assert.ok(numbers().length <= 3 + counts.size, String(numbers()));
    const kept = keptLines().map((line): { name: string; number: number } => JSON.parse(line));
    assert.equal(kept.length > 10, true);
    for (const [name, count] of counts) {
      const own = kept.filter((each) => each.name === name).map(({ number }) => number);
      const first = count - own.length;
      assert.deepEqual(
        own.sort((a, b) => a - b),
        Array.from(own, (_, index) => first + index),
        name,
      );
    }
  });

  test('F-52: nothing but rotated files of this log is deleted', () => {
    const others = [
      'node.log.bak',
      'node.log.01',
      'node.log.1.gz',
      'node.log.0',
      'other.log.1',
      'node.log1',
      'xnode.log.1',
    ];
    for (const name of others) writeFileSync(join(folder, name), name);
    mkdirSync(`${path}.2`);
    symlinkSync(join(folder, 'other.log.1'), `${path}.3`);
    const file = new RotatingFile({ path, sizeBytesMax: 3, fileCountMax: 1 });
    for (let number = 0; number < 10; number++) file.write('ab\n');
    assert.deepEqual(numbers(), [2, 3, 12]);
    for (const name of others) assert.equal(readFileSync(join(folder, name), 'utf8'), name);
  });

  test('F-52: a young file under an old number, of a process that was held in a rotation, stays until newer ones come', () => {
    for (const [number, writtenS] of [
      [1, 60],
      [2, 20],
      [3, 30],
      [4, 40],
      [5, 50],
    ] as const)
      rotated(number, writtenS);
    deleteBeyond(4);
    assert.deepEqual(numbers(), [1, 2, 3, 4, 5]);
    deleteBeyond(3);
    assert.deepEqual(numbers(), [1, 3, 4, 5]);
    for (const number of [6, 7, 8]) rotated(number, number * 10 + 10);
    deleteBeyond(3);
    assert.deepEqual(numbers(), [6, 7, 8]);
  });

  test('F-52: after a clock that was set back there are at most twice as many', () => {
    for (let number = 1; number <= 9; number++) rotated(number, number <= 5 ? 1_000 + number : number);
    deleteBeyond(2);
    assert.deepEqual(
      numbers(),
      [6, 7, 8, 9].slice(-2 - 2).filter((number) => number > 7),
    );
  });

  test('F-52: a file that cannot be deleted costs no line, and the log tells of it', () => {
    rotated(1, 10);
    rotated(2, 20);
    const remove = (name: string) => {
      throw Object.assign(new Error(`EPERM: operation not permitted, unlink '${name}'`), { code: 'EPERM' });
    };
    const file = new RotatingFile({ path, sizeBytesMax: 3, fileCountMax: 1, remove });
    for (const line of ['ab\n', 'cd\n']) file.write(line);
    const lines = keptLines();
    assert.deepEqual([lines[2], lines.at(-1)], ['ab', 'cd']);
    const notice = JSON.parse(lines.at(-2) ?? '');
    assert.equal(notice.message, 'rotated log file could not be deleted');
    assert.match(notice.reason, /^EPERM.*node\.log\.2/);
  });

  test('F-52: a line that was written into a file that others deleted meanwhile is written again', () => {
    let isDeleted = false;
    const file = new RotatingFile({
      ...{ path, sizeBytesMax: SIZE, fileCountMax: 1 },
      write: (_, data) => {
        if (!isDeleted) unlinkSync(path);
        isDeleted = true;
        return data.length;
      },
    });
    file.write('ab\n');
    assert.equal(existsSync(path), true);
  });
});
