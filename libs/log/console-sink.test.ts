import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { consoleSink } from './console-sink.ts';

const failure = (code: string) => Object.assign(new Error(code), { code });
const SINK = new URL('console-sink.ts', import.meta.url).href;

describe('consoleSink', () => {
  test('LOG-15 drops lines while writing fails, and says how many when it works again', () => {
    let broken = true;
    let written = '';
    const sink = consoleSink((data) => {
      if (broken) throw failure('EPIPE');
      written += data.toString();
      return data.length;
    });
    sink.write('a\n');
    sink.write('b\n');
    broken = false;
    sink.write('c\n');
    sink.write('d\n');
    assert.match(written, /^\{.*"lost_count":2}\nc\nd\n$/);
  });

  test('finishes a line that was written in part', () => {
    let written = '';
    const sink = consoleSink((data) => {
      written += Buffer.from(data.subarray(0, 2)).toString();
      return Math.min(2, data.length);
    });
    sink.write('abcde\n');
    assert.equal(written, 'abcde\n');
  });

  test('tries again for a moment when the reader is slow', () => {
    let busy = 3;
    let written = '';
    const sink = consoleSink((data) => {
      if (busy-- > 0) throw failure('EAGAIN');
      written += data.toString();
      return data.length;
    });
    sink.write('a\n');
    assert.equal(written, 'a\n');
  });

  test('LOG-15 waits for a reader that never reads with one line, not with each', () => {
    let tries = 0;
    const sink = consoleSink(() => {
      tries++;
      throw failure('EAGAIN');
    });
    sink.write('a\n');
    const forOne = tries;
    assert.ok(forOne > 1 && forOne < 20);
    for (let i = 0; i < 10; i++) sink.write('b\n');
    assert.equal(tries, forOne + 10);
  });

  for (const [kind, command] of [
    ['a pipe', `"$@" | sleep 600`],
    ['a socket', `"$@"`],
  ] as const) {
    test(`LOG-15 a process goes on when nobody reads its standard output, ${kind}`, async () => {
      // A megabyte, more than any buffer of the kernel; then the process says on stderr that it got through.
      const source = `
        import { consoleSink } from ${JSON.stringify(SINK)};
        const sink = consoleSink();
        for (let i = 0; i < 1000; i++) sink.write('x'.repeat(1000) + '\\n');
        process.stderr.write('through');
        process.exit(0);`;
      const args = ['-c', command, 'sh', process.execPath, '--input-type=module', '--eval', source];
      const child = spawn('/bin/sh', args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
      try {
        let said = '';
        while (!said.includes('through')) said += String((await once(child.stderr, 'data'))[0]);
      } finally {
        process.kill(-child.pid!, 'SIGKILL');
      }
    });
  }

  test('a file that the process prints to as well gets all lines, in their order', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'btcfed-console-'));
    const source = `
      import { writeSync } from 'node:fs';
      import { consoleSink } from ${JSON.stringify(SINK)};
      const sink = consoleSink();
      for (const word of ['a', 'b']) {
        sink.write('logged ' + word + '\\n');
        writeSync(1, 'printed ' + word + '\\n');
      }`;
    const file = join(folder, 'out');
    const args = ['-c', `"$@" > "$OUT"`, 'sh', process.execPath, '--input-type=module', '--eval', source];
    try {
      const child = spawn('/bin/sh', args, { stdio: ['ignore', 'inherit', 'inherit'], env: { OUT: file } });
      assert.deepEqual(await once(child, 'exit'), [0, null]);
      assert.equal(readFileSync(file, 'utf8'), 'logged a\nprinted a\nlogged b\nprinted b\n');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
