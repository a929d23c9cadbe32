import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { type OpenLogOptions, openLog } from '#libs/log/open-log.ts';
import type { Configuration, Logging } from '#libs/proto/btcfed/config/v1/config_service.ts';
import { loggingPart } from './logging-part.ts';

const LOGGING: Logging = {
  level: 'warn',
  format: 'text',
  consoleOutput: false,
  consoleColor: false,
  fileOutput: true,
  fileName: 'second.log',
  fileSizeBytesMax: 2_048n,
  fileCountMax: 4,
};

function configuration(change: Partial<Logging> = {}): Configuration {
  return { logging: { ...LOGGING, ...change } } as unknown as Configuration;
}

function service(t: TestContext, change: Partial<OpenLogOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-logging-part-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = { path: join(folder, 'first.log'), sizeBytesMax: 1_024, fileCountMax: 3 };
  const { log, control } = openLog({
    service: 'demo',
    settings: { level: 'info', console: 'off', file },
    place: { folder, terminal: 'none' },
    ...change,
  });
  return { folder, log, control, part: loggingPart(control) };
}

describe('the logging section in a reload', () => {
  test('P2P-55 LOG-02 LOG-06 is in force from the commit on, file and level alike', async (t) => {
    const { folder, log, control, part } = service(t);
    const prepared = await part.prepare(configuration());
    log.warn('before');
    await prepared.commit();
    log.info('too quiet');
    log.warn('after');
    const lines = (name: string) => readFileSync(join(folder, name), 'utf8');
    assert.match(lines('first.log'), /"before"/);
    assert.match(lines('second.log'), /"after"/);
    assert.doesNotMatch(lines('second.log'), /before|too quiet/);
    assert.deepEqual(control.settings.file, {
      path: join(folder, 'second.log'),
      sizeBytesMax: 2_048,
      fileCountMax: 4,
    });
  });

  test('P2P-57 is as it was when it is rolled back', async (t) => {
    const { control, part } = service(t);
    const before = control.settings;
    await (await part.prepare(configuration())).rollBack();
    assert.deepEqual(control.settings, before);
  });

  test('P2P-63 is refused when the new file cannot be written, and not for the one that is written now', async (t) => {
    const { folder, control, part } = service(t);
    rmSync(folder, { recursive: true });
    await assert.rejects(
      part.prepare(configuration()),
      /logging\.file_name: .* cannot be written to \(ENOENT\)/,
    );
    await part.prepare(configuration({ fileName: 'first.log' }));
    await (await part.prepare(configuration({ fileOutput: false }))).commit();
    assert.equal(control.settings.file, undefined);
  });

  test('LOG-02 changes the level alone in a process that does not know its place', async (t) => {
    const { control, part } = service(t, { place: undefined });
    const { file } = control.settings;
    await (await part.prepare(configuration())).commit();
    assert.deepEqual([control.settings.level, control.settings.file], ['warn', file]);
  });

  test('P2P-57 is refused when a config service of another version says something else', async (t) => {
    const { part } = service(t);
    await assert.rejects(part.prepare(configuration({ level: 'trace' })), /logging\.level must be one of/);
    await assert.rejects(part.prepare({} as Configuration), /logging\.level must be one of/);
  });
});
