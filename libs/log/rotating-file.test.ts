import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { rotateFile } from './rotate-file.ts';
import { RotatingFile, type RotatingFileOptions } from './rotating-file.ts';

const WRITER = new URL('../../test/support/disk/write-log-lines.ts', import.meta.url).pathname;
const KB = 1024;

describe('RotatingFile', () => {
  let folder = '';
  let path = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'log-'));
    path = join(folder, 'node.log');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const open = (options: Partial<RotatingFileOptions> = {}) =>
    new RotatingFile({ path, sizeBytesMax: KB, fileCountMax: 0, ...options });
  const text = (name = 'node.log') => readFileSync(join(folder, name), 'utf8');
  /** All files, oldest first. */
  const files = () =>
    readdirSync(folder)
      .filter((name) => name.startsWith('node.log'))
      .sort((a, b) => numberOf(a) - numberOf(b));
  const numberOf = (name: string) => Number(/\.(\d+)$/.exec(name)?.[1] ?? Number.POSITIVE_INFINITY);
  const line = (number: number) => `${JSON.stringify({ number, filler: 'x'.repeat(80) })}\n`;
  const linesOf = (names = files()) => names.flatMap((name) => text(name).split('\n').slice(0, -1));

  test('LOG-07 begins a new file before a line would make it larger than its maximum', () => {
    const file = open();
    for (let number = 0; number < 100; number++) file.write(line(number));
    assert.ok(files().length > 5);
    for (const name of files()) assert.ok(statSync(join(folder, name)).size <= KB, name);
    const numbers = linesOf().map((each) => JSON.parse(each).number);
    assert.deepEqual(numbers, [...Array(100).keys()]);
  });

  test('LOG-07 a line larger than the maximum gets a file of its own', () => {
    const file = open({ sizeBytesMax: 10 });
    for (const each of ['a\n', 'a line that is too long\n', 'b\n']) file.write(each);
    assert.deepEqual(files().map(text), ['a\n', 'a line that is too long\n', 'b\n']);
  });

  test('LOG-08 rotated files are numbered from 1, the newest highest, after a restart too', () => {
    for (const run of [0, 1, 2]) {
      const file = open({ sizeBytesMax: 3 });
      file.write(`${run}a\n`);
      file.write(`${run}b\n`);
      file.close();
    }
    assert.deepEqual(files(), [...['1', '2', '3', '4', '5'].map((n) => `node.log.${n}`), 'node.log']);
    assert.equal(linesOf().join(' '), '0a 0b 1a 1b 2a 2b');
  });

  test('LOG-09 without a bound no rotated file is deleted or written over', () => {
    writeFileSync(`${path}.7`, 'kept\n');
    const file = open({ sizeBytesMax: 3 });
    for (let number = 0; number < 500; number++) file.write('ab\n');
    assert.equal(files().length, 501);
    assert.equal(text('node.log.7'), 'kept\n');
    assert.equal(text('node.log.8'), 'ab\n');
  });

  test('LOG-17 its mode is 0640 at most', () => {
    open().write('a\n');
    assert.equal(statSync(path).mode & 0o777 & ~0o640, 0);
  });

  test('LOG-14 LOG-19 lines of several processes are whole and complete over rotations, also when some are killed', async () => {
    const start = (name: string, count: number) => {
      const child = spawn(process.execPath, [WRITER, path, name, String(count), String(16 * KB)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = -1;
      child.stdout.on('data', (data) => {
        said = Number(String(data).trim().split('\n').at(-1));
      });
      return { name, child, said: () => said, gone: once(child, 'close') };
    };
    const stay = [start('a', 2_000), start('b', 2_000)];
    const die = [start('c', 1_000_000), start('d', 1_000_000)];
    for (const victim of die) {
      void once(victim.child.stdout, 'data').then(() => setTimeout(() => victim.child.kill('SIGKILL'), 50));
    }
    await Promise.all([...stay, ...die].map(({ gone }) => gone));
    open().write('{"name":"e","number":0}\n');

    const seen = new Map<string, number[]>();
    const torn: string[] = [];
    for (const each of linesOf()) {
      const parsed = parse(each);
      if (parsed === undefined) torn.push(each);
      else seen.set(parsed.name, [...(seen.get(parsed.name) ?? []), parsed.number]);
    }
    assert.ok(torn.length <= die.length, 'only what a killed process was writing may be cut');
    assert.ok(files().length > 3);
    for (const { name } of stay) {
      assert.deepEqual(ascending(seen.get(name)), [...Array(2_000).keys()]);
    }
    for (const { name, said } of die) {
      const numbers = ascending(seen.get(name));
      assert.ok(numbers.length > said(), `${name} said that it had written ${said()}`);
      assert.deepEqual(numbers, [...numbers.keys()]);
    }
    assert.deepEqual(seen.get('e'), [0]);
  });

  test('LOG-14 a line that a killed process left unfinished stands alone', () => {
    const first = open();
    first.write('{"a":1}\n');
    appendFileSync(path, '{"killed":');
    first.write('{"b":2}\n');
    open().write('{"c":3}\n');
    assert.equal(text(), '{"a":1}\n{"killed":\n{"b":2}\n{"c":3}\n');
  });

  test('LOG-14 an empty file that a process left when it died in a rotation does no harm', () => {
    writeFileSync(`${path}.1`, '');
    const file = open({ sizeBytesMax: 3 });
    for (const each of ['ab\n', 'cd\n']) file.write(each);
    assert.deepEqual(files().map(text), ['', 'ab\n', 'cd\n']);
  });

  test('LOG-14 a file that another process has rotated already is left alone', () => {
    writeFileSync(path, 'new\n');
    rotateFile(path, statSync(path).ino + 1);
    unlinkSync(path);
    rotateFile(path, 1);
    assert.deepEqual(files(), []);
  });

  test('LOG-15 counts what a full disk swallows, and says it when there is room again', () => {
    let broken = false;
    const reasons: string[] = [];
    const write = (descriptor: number, data: Uint8Array) => {
      if (!broken) return writeSync(descriptor, data);
      // Half a line, as a disk does that has a few bytes left, and then nothing.
      if (data.length > 4) return writeSync(descriptor, data.subarray(0, 4));
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    };
    const file = open({ write, onLoss: (reason) => reasons.push(reason) });
    file.write('{"a":1}\n');
    broken = true;
    file.write('{"b":2}\n');
    file.write('{"b":3}\n');
    broken = false;
    file.write('{"c":4}\n');
    const lines = text().split('\n');
    assert.equal(lines[0], '{"a":1}');
    assert.match(
      lines.at(-3) ?? '',
      /^\{"level":"warn","time":"[^"]+","message":"log lines lost","lost_count":2\}$/,
    );
    assert.deepEqual(lines.slice(-2), ['{"c":4}', '']);
    assert.deepEqual(reasons, ['ENOSPC: no space left on device']);
  });

  test('LOG-15 goes on in a new file when its file or the folder was removed', () => {
    const logs = join(folder, 'logs');
    const file = new RotatingFile({ path: join(logs, 'node.log'), sizeBytesMax: KB, fileCountMax: 0 });
    file.write('a\n');
    unlinkSync(join(logs, 'node.log'));
    file.write('b\n');
    assert.equal(text('logs/node.log'), 'b\n');
    rmSync(logs, { recursive: true });
    file.write('c\n');
    assert.equal(text('logs/node.log'), 'c\n');
  });

  test('LOG-15 does not throw where no file can be, and does not make the home of a member again', () => {
    const reasons: string[] = [];
    const gone = join(folder, 'home', 'logs', 'node.log');
    const file = new RotatingFile({
      ...{ path: gone, sizeBytesMax: KB, fileCountMax: 0 },
      onLoss: (reason) => reasons.push(reason),
    });
    for (let i = 0; i < 3; i++) file.write('a\n');
    assert.equal(existsSync(join(folder, 'home')), false);
    assert.equal(reasons.length, 1);
    assert.match(reasons[0] ?? '', /ENOENT/);
  });

  test('LOG-15 a rotation that cannot be done costs no line: the file grows on', () => {
    const file = open({ sizeBytesMax: 3 });
    file.write('ab\n');
    // A folder at the name of the file cannot be written over by it.
    mkdirSync(join(folder, 'elsewhere'));
    renameSync(path, join(folder, 'elsewhere', 'node.log'));
    mkdirSync(path);
    file.write('cd\n');
    assert.equal(readFileSync(join(folder, 'elsewhere', 'node.log'), 'utf8'), 'ab\ncd\n');
  });

  test('closes and comes back with the next line', () => {
    const file = open();
    file.write('a\n');
    file.close();
    file.close();
    file.write('b\n');
    assert.equal(text(), 'a\nb\n');
  });
});

function parse(text: string): { readonly name: string; readonly number: number } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Rotation may change the order between files, where a writer noticed it late. */
function ascending(numbers: readonly number[] = []): readonly number[] {
  return [...numbers].sort((a, b) => a - b);
}
