import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseNatsUrl } from './nats-url.ts';

describe('parseNatsUrl', () => {
  test('reads a host, with or without port and scheme', () => {
    assert.deepEqual(parseNatsUrl('nats://events:4333'), { servers: ['events:4333'], isTls: false });
    assert.deepEqual(parseNatsUrl('events'), { servers: ['events:4222'], isTls: false });
    assert.deepEqual(parseNatsUrl('nats://[::1]:4333'), { servers: ['[::1]:4333'], isTls: false });
  });

  test('reads several servers and one set of credentials', () => {
    assert.deepEqual(parseNatsUrl('nats://a, nats://user:p%40ss@b:1'), {
      servers: ['a:4222', 'b:1'],
      user: 'user',
      pass: 'p@ss',
      isTls: false,
    });
    assert.deepEqual(parseNatsUrl('tls://token@a'), { servers: ['a:4222'], token: 'token', isTls: true });
  });

  test('F-04: takes the seed of an nkey for what it is, and nothing else', () => {
    const seed = `SU${'A'.repeat(56)}`;
    assert.deepEqual(parseNatsUrl(`nats://${seed}@a`), { servers: ['a:4222'], seed, isTls: false });
    assert.equal(parseNatsUrl(`nats://${seed.slice(1)}@a`).token, seed.slice(1));
    assert.equal(parseNatsUrl(`nats://${seed}:x@a`).user, seed);
  });

  for (const bad of ['', 'http://a', 'nats://', 'nats://a:70000', 'nats://u:hunter2@a b']) {
    test(`refuses ${JSON.stringify(bad)} without repeating it`, () => {
      assert.throws(
        () => parseNatsUrl(bad),
        (error: Error) => error.name === 'EventBusError' && !error.message.includes('hunter2'),
      );
    });
  }
});
