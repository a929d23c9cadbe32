import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type LoggingSection, logFileProblem, logSettingsOf } from './log-section.ts';

const logging: LoggingSection = {
  level: 'info',
  format: 'json',
  consoleOutput: true,
  consoleColor: true,
  fileOutput: true,
  fileName: 'btc-federation.log',
  fileSizeBytesMax: 1024,
  fileCountMax: 3,
};
const place = { folder: '/homes/m0/logs', terminal: 'color' } as const;

describe('logSettingsOf', () => {
  test('LOG-06 the file lies in the logs folder of the home, whatever the working directory', () => {
    assert.deepEqual(logSettingsOf(logging, place).file, {
      path: '/homes/m0/logs/btc-federation.log',
      sizeBytesMax: 1024,
      fileCountMax: 3,
    });
    assert.equal(logSettingsOf({ ...logging, fileOutput: false }, place).file, undefined);
  });

  for (const [consoleOutput, consoleColor, format, terminal, style] of [
    [false, true, 'text', 'color', 'off'],
    [true, true, 'json', 'none', 'off'],
    [true, true, 'json', 'color', 'color'],
    [true, true, 'text', 'color', 'color'],
    [true, true, 'json', 'plain', 'text'],
    [true, true, 'json', 'pipe', 'json'],
    [true, true, 'text', 'pipe', 'text'],
    [true, false, 'json', 'color', 'json'],
    [true, false, 'text', 'color', 'text'],
  ] as const) {
    test(`F-45 LOG-03 LOG-04 console ${consoleOutput}, color ${consoleColor}, ${format}, terminal ${terminal}: ${style}`, () => {
      const given = { ...logging, consoleOutput, consoleColor, format };
      assert.equal(logSettingsOf(given, { ...place, terminal }).console, style);
    });
  }

  test('LOG-02 a process that does not know its place takes the level alone', () => {
    assert.deepEqual(logSettingsOf(logging, undefined), { level: 'info' });
  });
});

test('P2P-63 a log file is refused when it, or its folder, cannot be written, and none is made', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-log-section-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const problemOf = (path: string) => logFileProblem({ path, sizeBytesMax: 1, fileCountMax: 0 });
  assert.equal(problemOf(join(folder, 'new.log')), undefined);
  writeFileSync(join(folder, 'there.log'), '');
  assert.equal(problemOf(join(folder, 'there.log')), undefined);
  assert.equal(problemOf(folder), `${folder} is no file`);
  assert.equal(
    problemOf(join(folder, 'none/x.log')),
    `${join(folder, 'none')} cannot be written to (ENOENT)`,
  );
});
