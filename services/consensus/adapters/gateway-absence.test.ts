import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { GatewayAbsence, STANDS_AFTER_MS } from './gateway-absence.ts';

function absence({ mock }: TestContext) {
  mock.timers.enable({ apis: ['setTimeout'] });
  const log = memoryLogger();
  const away = new GatewayAbsence(log);
  const attempt = (standsMs: number, error?: Error): void => {
    away.begins();
    mock.timers.tick(standsMs);
    away.ended(error);
  };
  const said = (): string[] => log.lines.map(({ level, message }) => `${level} ${message}`);
  return { attempt, said };
}

const GONE = new Error('gone');
const ENDED = 'warn gateway attachment ended';
const BACK = 'info gateway is attached again';

describe('absence of the gateway', () => {
  test('F-11: is warned of once, however often the attachment is tried', (context) => {
    const { attempt, said } = absence(context);
    for (let count = 0; count < 50; count++) attempt(STANDS_AFTER_MS - 1, GONE);
    assert.deepEqual(said(), [ENDED]);
  });

  test('F-11: is over when an attachment stands, and the next one is warned of again', (context) => {
    const { attempt, said } = absence(context);
    for (const standsMs of [STANDS_AFTER_MS, 0, STANDS_AFTER_MS, 0]) attempt(standsMs, GONE);
    assert.deepEqual(said(), [ENDED, BACK, ENDED]);
  });

  test('is none when we end the attachment ourselves', (context) => {
    const { attempt, said } = absence(context);
    attempt(STANDS_AFTER_MS);
    attempt(0);
    assert.deepEqual(said(), []);
  });
});
