import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { AppError } from '../errors/app-error.ts';
import type { LogLevel } from './logger.ts';
import { pinoLogger } from './pino-logger.ts';

type Line = Record<string, unknown> & { error?: Record<string, unknown> };

function logger(level: LogLevel = 'debug') {
  const lines: Line[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return { lines, log: pinoLogger({ service: 'signer', level, destination }) };
}

describe('pinoLogger', () => {
  test('writes level, time, service, message and fields', () => {
    const { lines, log } = logger();
    log.info('vote signed', { view: 7n, size: 3, again: false });
    const { time, ...rest } = lines[0]!;
    assert.deepEqual(rest, {
      level: 'info',
      service: 'signer',
      message: 'vote signed',
      view: '7',
      size: 3,
      again: false,
    });
    assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test('writes nothing below its level', () => {
    const { lines, log } = logger('warn');
    log.debug('a');
    log.info('b');
    log.warn('c');
    log.error('d', new Error('e'));
    assert.deepEqual(
      lines.map((line) => line['message']),
      ['c', 'd'],
    );
  });

  test('adds the fields of every ancestor to a child', () => {
    const { lines, log } = logger();
    log.child({ view: 1n }).child({ peer: 'm2' }).warn('vote refused');
    assert.equal(lines[0]!['view'], '1');
    assert.equal(lines[0]!['peer'], 'm2');
  });

  for (const name of ['key', 'private_key', 'privateKey', 'secret', 'clientSecret', 'passphrase', 'SEED']) {
    test(`hides the value of ${name}`, () => {
      const { lines, log } = logger();
      log.child({ [name]: 'hunter2' }).info('a', { [name]: 'hunter2' });
      assert.doesNotMatch(JSON.stringify(lines), /hunter2/);
    });
  }

  test('shows public keys', () => {
    const { lines, log } = logger();
    log.info('a', { publicKey: 'abc', peer_public_key: 'def' });
    assert.equal(lines[0]!['publicKey'], 'abc');
    assert.equal(lines[0]!['peer_public_key'], 'def');
  });

  test('keeps its own names from being overwritten by fields', () => {
    const { lines, log } = logger();
    log.info('a', { message: 'b', level: 'c', service: 'd' });
    assert.equal(lines[0]!['message'], 'a');
    assert.equal(lines[0]!['level'], 'info');
    assert.equal(lines[0]!['message_'], 'b');
  });

  test('tells code, detail and causes of an error', () => {
    const { lines, log } = logger();
    const root = Object.assign(new Error('disk'), { code: 'ENOSPC' });
    const detail = { code: 'CHAIN_WRITE_FAILED', height: 9n, secret: 'hunter2' };
    log.error('stopping', new AppError('cannot write', detail, { cause: root }));
    const error = lines[0]!.error as {
      code: string;
      detail: unknown;
      cause: { code: string };
      stack: string;
    };
    assert.equal(error.code, 'CHAIN_WRITE_FAILED');
    assert.deepEqual(error.detail, { height: '9', secret: '[hidden]' });
    assert.equal(error.cause.code, 'ENOSPC');
    assert.match(error.stack, /pino-logger\.test/);
  });

  test('survives a circle of causes and values that are no errors', () => {
    const { lines, log } = logger();
    const circle = new Error('round');
    circle.cause = circle;
    log.error('a', circle);
    log.error('b', undefined);
    log.error('c', Object.create(null));
    assert.equal(lines.length, 3);
  });

  test('appends to a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'log-'));
    try {
      const destination = join(folder, 'signer.log');
      pinoLogger({ service: 'signer', level: 'info', destination }).info('one');
      pinoLogger({ service: 'signer', level: 'info', destination }).info('two');
      const lines = readFileSync(destination, 'utf8').trim().split('\n');
      assert.deepEqual(
        lines.map((line) => JSON.parse(line).message),
        ['one', 'two'],
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
