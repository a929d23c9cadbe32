import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { AppError } from '#libs/errors/app-error.ts';
import { LevelSwitch } from './level-switch.ts';
import type { LogLevel } from './log-level.ts';
import { pinoLogger } from './pino-logger.ts';

type Line = Record<string, unknown> & { error?: Record<string, unknown> };

function logger(first: LogLevel = 'debug') {
  const lines: Line[] = [];
  const texts: string[] = [];
  const level = new LevelSwitch(first);
  const sink = {
    write: (line: string) => {
      texts.push(line);
      lines.push(JSON.parse(line));
    },
  };
  return { lines, texts, level, log: pinoLogger({ service: 'signer', level, sink }) };
}

describe('pinoLogger', () => {
  test('LOG-10 LOG-11 P2P-90 writes level, time, service, message and fields; the time is RFC 3339', () => {
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

  test('LOG-02 writes nothing below its level', () => {
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
    test(`LOG-16 hides the value of ${name}`, () => {
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

  test('F-52 tells code, detail and causes of an error, names of the detail in snake_case', () => {
    const { lines, log } = logger();
    const root = Object.assign(new Error('disk'), { code: 'ENOSPC' });
    const detail = { code: 'CHAIN_WRITE_FAILED', height: 9n, heightMax: 10n, secret: 'hunter2' };
    log.error('stopping', new AppError('cannot write', detail, { cause: root }));
    const error = lines[0]!.error as {
      code: string;
      detail: unknown;
      cause: { code: string };
      stack: string;
    };
    assert.equal(error.code, 'CHAIN_WRITE_FAILED');
    assert.deepEqual(error.detail, { height: '9', height_max: '10', secret: '[hidden]' });
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

  test('LOG-02 a level that changes is that of all children at once', () => {
    const { lines, log, level } = logger('error');
    const child = log.child({ peer: 'm1' });
    child.info('a');
    level.set('debug');
    child.debug('b');
    assert.equal(child.isWritten('debug'), true);
    level.set('warn');
    child.info('c');
    assert.equal(child.isWritten('info'), false);
    assert.deepEqual(
      lines.map((line) => line['message']),
      ['b'],
    );
  });

  test('LOG-16 hides keys, PEM blocks and passwords of URLs wherever they stand', () => {
    const { texts, log } = logger();
    const key = Buffer.alloc(64, 0xab).toString('base64');
    const pem = '-----BEGIN PRIVATE KEY-----\nMIGEAgEAMBAG\n-----END PRIVATE KEY-----';
    const url = 'nats://operator:hunter2@127.0.0.1:4222';
    log.info('a', { text: `key ${key}`, url, pem });
    log.error('b', new AppError(`bad ${key} in ${url}`, { code: 'X', url }, { cause: new Error(pem) }));
    assert.equal(texts.length, 2);
    for (const text of texts) {
      assert.doesNotMatch(text, /hunter2|operator/);
      assert.doesNotMatch(text, /MIGEAgEAMBAG/);
      assert.equal(text.includes(key), false);
      assert.match(text, /nats:\/\/\[hidden\]@127\.0\.0\.1:4222/);
    }
  });

  test('LOG-16 a long text is cut, and no half of a key is left at the cut', () => {
    const { lines, log } = logger();
    const key = Buffer.alloc(64, 0xab).toString('base64');
    log.info('a', { text: `${' '.repeat(8_192 - 40)}${key}${' '.repeat(100)}` });
    const text = String(lines[0]!['text']);
    assert.doesNotMatch(text, /[A-Za-z0-9+/]{16}/);
    assert.match(text, /… \(8340 characters\)$/);
  });

  test('LOG-16 public keys and hashes stay as they are', () => {
    const { lines, log } = logger();
    const peer = Buffer.alloc(32, 0xab).toString('base64');
    const digest = 'ab'.repeat(32);
    log.info('a', { peer, digest, address: '/ip4/127.0.0.1/tcp/9000' });
    assert.equal(lines[0]!['peer'], peer);
    assert.equal(lines[0]!['digest'], digest);
    assert.equal(lines[0]!['address'], '/ip4/127.0.0.1/tcp/9000');
  });

  test('LOG-19 a text of a stranger stays on its line', () => {
    const { texts, log } = logger();
    log.warn('a', { reason: 'x\n{"level":"error","message":"forged"}\r\u2028' });
    assert.equal(texts.join('').split('\n').length, 2);
  });

  test('LOG-20 a line below the level does not even read its fields', () => {
    const { lines, log } = logger('info');
    let reads = 0;
    const fields = {
      get view() {
        reads += 1;
        return 1n;
      },
    };
    log.debug('a', fields);
    assert.equal(reads, 0);
    log.info('b', fields);
    assert.equal(reads, 1);
    assert.equal(lines.length, 1);
  });

  test('LOG-20 a hundred thousand lines and children leave nothing behind', () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const level = new LevelSwitch('info');
    const log = pinoLogger({ service: 'x', level, sink: { write: () => {} } });
    const round = () => {
      for (let view = 0; view < 50_000; view++) log.child({ view }).info('vote signed', { size: view });
      collect();
      return getHeapStatistics().used_heap_size;
    };
    const before = round();
    assert.ok(round() - before < 1_000_000);
  });
});
