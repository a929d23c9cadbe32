import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { LogSettings } from './log-settings.ts';
import { openLog } from './open-log.ts';

describe('openLog', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function open(settings: Partial<LogSettings>) {
    const shown: string[] = [];
    const opened = openLog({
      service: 'gateway',
      settings: { level: 'info', console: 'off', file: undefined, ...settings },
      console: { write: (line) => void shown.push(line) },
    });
    return { shown, ...opened };
  }
  const file = (name = 'node.log') => ({
    path: join(folder, name),
    sizeBytesMax: 1_000_000,
    fileCountMax: 0,
  });
  const messages = (name = 'node.log') =>
    readFileSync(join(folder, name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).message);

  test('LOG-03 LOG-05 writes to the console, to the file, or to both', () => {
    for (const [name, settings, isShown] of [
      ['a', { console: 'off' }, false],
      ['b', { console: 'json' }, true],
    ] as const) {
      const { log, shown } = open({ ...settings, file: file(name) });
      log.info('x');
      assert.equal(shown.length, isShown ? 1 : 0);
      assert.deepEqual(messages(name), ['x']);
    }
    const { log, shown } = open({ console: 'json' });
    log.info('x');
    assert.equal(shown.length, 1);
    assert.equal(existsSync(join(folder, 'node.log')), false);
  });

  test('LOG-03 with everything off JSON goes to the console: a service is never mute', () => {
    const { log, shown } = open({ console: 'off' });
    log.info('x');
    assert.equal(JSON.parse(shown[0] ?? '').message, 'x');
  });

  test('LOG-04 LOG-10 the console may be text or coloured; the file is JSON all the same', () => {
    for (const [style, ending] of [
      ['text', 'Z INFO  [gateway] x\n'],
      ['color', 'Z \u001b[32mINFO \u001b[0m [gateway] x\n'],
    ] as const) {
      const { log, shown } = open({ console: style, file: file(style) });
      log.info('x');
      assert.ok(shown[0]?.endsWith(ending), shown[0]);
      assert.deepEqual(messages(style), ['x']);
    }
  });

  test('LOG-02 a change of the level is said, and holds for loggers that were made before', () => {
    const { log, control, shown } = open({ console: 'json' });
    const child = log.child({ peer: 'm1' });
    control.set({ level: 'error' });
    child.warn('a');
    control.set({ level: 'debug' });
    control.set({ level: 'debug' });
    child.debug('b');
    assert.deepEqual(
      shown.map((line) => JSON.parse(line)).map(({ message, new_level }) => new_level ?? message),
      ['error', 'debug', 'b'],
    );
    assert.equal(control.settings.level, 'debug');
  });

  test('LOG-05 console and file can be changed while lines are written, and none is lost', () => {
    const { log, control, shown } = open({ file: file('a') });
    log.info('1');
    control.set({ file: file('b'), console: 'json' });
    log.info('2');
    control.set({ file: undefined });
    log.info('3');
    control.set({ file: file('a'), console: 'off' });
    log.info('4');
    assert.deepEqual([messages('a'), messages('b')], [['1', '4'], ['2']]);
    assert.deepEqual(
      shown.map((line) => JSON.parse(line).message),
      ['2', '3'],
    );
  });

  test('LOG-15 starts and goes on where the log file can never be', () => {
    const none = { path: '/proc/none/node.log', sizeBytesMax: 1, fileCountMax: 0 };
    const { log, shown } = open({ console: 'json', file: none });
    log.info('x');
    log.info('y');
    assert.equal(shown.length, 2);
  });
});
