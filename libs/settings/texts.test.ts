import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseFileSize } from './file-size.ts';
import { goDuration, parseGoDuration } from './go-duration.ts';
import { isHostPort } from './host-port.ts';

describe('parseGoDuration', () => {
  for (const [text, milliseconds] of [
    ['10s', 10_000],
    ['1m30s', 90_000],
    ['1500ms', 1_500],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['1.s', 1_000],
    ['+2s', 2_000],
    ['-1s', -1_000],
    ['0', 0],
    ['1h1m1s1ms1us1ns', 3_661_001.001001],
    ['7µs', 0.007],
  ] as const) {
    test(`reads ${text}`, () => {
      assert.ok(Math.abs((parseGoDuration(text) ?? Number.NaN) - milliseconds) < 1e-6);
    });
  }

  for (const text of ['', '10', 's', '1d', '1 s', '1s ', '1S', '.s', '1e3s', '--1s', `${'1'.repeat(70)}s`]) {
    test(`refuses «${text.slice(0, 10)}»`, () => {
      assert.equal(parseGoDuration(text), undefined);
    });
  }

  test('reads what goDuration wrote', () => {
    fc.assert(
      fc.property(fc.nat(), (milliseconds) => {
        assert.equal(parseGoDuration(goDuration(milliseconds)), milliseconds);
      }),
    );
  });
});

describe('parseFileSize', () => {
  for (const [text, bytes] of [
    ['10MB', 10_485_760],
    ['10mb', 10_485_760],
    ['1Mb', 1_048_576],
    ['3', 3_145_728],
    ['1kB', 1_024],
    ['512KB', 524_288],
  ] as const) {
    test(`LOG-07 reads ${text}`, () => {
      assert.deepEqual(parseFileSize(text), { bytes });
    });
  }

  for (const text of [
    '',
    'MB',
    'kB',
    '1GB',
    '10B',
    '1.5MB',
    '0',
    '0kB',
    '-1MB',
    '10 MB',
    `${'9'.repeat(11)}MB`,
  ]) {
    test(`LOG-07 refuses «${text}»`, () => {
      assert.ok('problem' in parseFileSize(text));
    });
  }
});

describe('isHostPort', () => {
  for (const text of [
    '127.0.0.1:1',
    '[::1]:65535',
    'localhost:7101',
    'a-b.example.com:80',
    'signer_1:7102',
  ]) {
    test(`accepts ${text}`, () => {
      assert.equal(isHostPort(text), true);
    });
  }

  for (const text of [
    '',
    ':1',
    'host',
    'host:',
    'host:0',
    'host:65536',
    '::1:80',
    '[::1',
    '[x]:1',
    '1.2.3:4',
    '999.1.1.1:5',
    'a b:1',
    'http://x:1',
    '-a:1',
    '[1.2.3.4]:5',
  ]) {
    test(`refuses «${text}»`, () => {
      assert.equal(isHostPort(text), false);
    });
  }
});
