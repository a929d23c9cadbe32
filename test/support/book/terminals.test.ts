import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { describe, test } from 'node:test';
import { until } from '#test/support/within.ts';
import { Terminal } from './terminals.ts';

const PLACE = { cwd: tmpdir(), env: { PATH: process.env['PATH'] } };

describe('a terminal of the book', () => {
  test('says what both streams say, in order, and ends at the first command that fails', async () => {
    await using terminal = new Terminal('echo one; echo two >&2; false | true\necho three', PLACE);
    assert.equal(await terminal.exitCode(), 1);
    assert.equal(terminal.said, 'one\ntwo\n');
  });

  test('that goes on ends by Ctrl-C, with all that it started', async () => {
    const terminal = new Terminal('echo $$; sleep 1000; echo no', PLACE);
    await until('the first line', () => terminal.said.endsWith('\n'));
    assert.equal(terminal.isOver, false);
    await terminal[Symbol.asyncDispose]();
    assert.equal(terminal.isOver, true);
    assert.equal(terminal.said.includes('no'), false);
    assert.throws(() => process.kill(Number.parseInt(terminal.said, 10), 0), { code: 'ESRCH' });
  });
});
