import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LoggingConfiguration } from '#libs/settings/node-configuration.ts';
import { memberLog } from './member-log.ts';

const logging: LoggingConfiguration = {
  level: 'info',
  format: 'json',
  consoleOutput: true,
  consoleColor: true,
  fileOutput: true,
  fileName: 'btc-federation.log',
  fileSizeBytesMax: 1024,
};
const place = { folder: '/homes/m0/logs', isPlain: false };

describe('memberLog', () => {
  test('LOG-06 the file lies in the logs folder of the home, whatever the working directory', () => {
    assert.deepEqual(memberLog(logging, place).file, {
      path: '/homes/m0/logs/btc-federation.log',
      sizeBytesMax: 1024,
    });
    assert.equal(memberLog({ ...logging, fileOutput: false }, place).file, undefined);
  });

  for (const [consoleOutput, consoleColor, format, isPlain, style] of [
    [false, true, 'text', false, 'off'],
    [true, true, 'json', false, 'color'],
    [true, true, 'text', false, 'color'],
    [true, true, 'json', true, 'text'],
    [true, false, 'json', false, 'json'],
    [true, false, 'text', false, 'text'],
  ] as const) {
    test(`LOG-03 LOG-04 console ${consoleOutput}, color ${consoleColor}, ${format}, plain ${isPlain}: ${style}`, () => {
      const given = { ...logging, consoleOutput, consoleColor, format };
      assert.equal(memberLog(given, { ...place, isPlain }).console, style);
    });
  }
});
