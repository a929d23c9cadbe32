import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import {
  NAME_DOUBT_MS,
  NAME_LOOKUP_TIMEOUT_MS,
  NAME_LOOKUPS_MAX,
  NAME_TTL_MS,
  NAMES_MAX,
} from '../core/connection-limits.ts';
import type { LookUp } from '../ports/name-service.ts';
import { NameCache } from './name-cache.ts';

const ADDRESS = '/dns4/node.example/tcp/9000';

function cacheOf(lookUp: LookUp) {
  const clock = { nowMs: 0 };
  const asked: string[] = [];
  const log = memoryLogger();
  const cache = new NameCache({
    lookUp: (name, family) => {
      asked.push(`${family} ${name}`);
      return lookUp(name, family);
    },
    nowMs: () => clock.nowMs,
    log,
  });
  return { cache, clock, asked, log };
}

describe('names of peers', () => {
  test('P2P-04 are looked up once for as long as the answer is fresh', async () => {
    const { cache, clock, asked } = cacheOf(async () => ['10.0.0.1', '10.0.0.2']);
    const expected = ['/ip4/10.0.0.1/tcp/9000', '/ip4/10.0.0.2/tcp/9000'];
    assert.deepEqual(await Promise.all([cache.resolve(ADDRESS), cache.resolve(ADDRESS)]), [
      expected,
      expected,
    ]);
    assert.deepEqual(
      ['10.0.0.2', '10.0.0.3'].map((host) => cache.hasAnswered(host)),
      [true, false],
    );
    clock.nowMs = NAME_TTL_MS - 1;
    assert.deepEqual(await cache.resolve(ADDRESS), expected);
    assert.deepEqual(asked, ['4 node.example']);
    clock.nowMs = NAME_TTL_MS;
    await cache.resolve(ADDRESS);
    assert.equal(asked.length, 2);
  });

  test('P2P-04 stand with their last addresses while the name service is away, which is said', async () => {
    let isAway = false;
    const { cache, clock, asked, log } = cacheOf(async () => {
      if (isAway) throw new Error('EAI_AGAIN');
      return ['10.0.0.1'];
    });
    await cache.resolve(ADDRESS);
    isAway = true;
    clock.nowMs = 10 * NAME_TTL_MS;
    for (let count = 0; count < 3; count++) {
      assert.deepEqual(await cache.resolve(ADDRESS), ['/ip4/10.0.0.1/tcp/9000']);
    }
    assert.equal(asked.length, 2);
    assert.deepEqual(
      log.lines.map(({ message }) => message),
      ['name cannot be looked up, its last addresses are used'],
    );
  });

  test('fail when they were never known', async () => {
    const { cache } = cacheOf(() => Promise.reject(new Error('ENOTFOUND')));
    await assert.rejects(cache.resolve(ADDRESS), /ENOTFOUND/);
  });

  test('P2P-04 are asked for again soon when their addresses lead nowhere', async () => {
    const { cache, clock, asked } = cacheOf(async () => ['10.0.0.1']);
    await cache.resolve(ADDRESS);
    cache.doubt(ADDRESS);
    await cache.resolve(ADDRESS);
    assert.equal(asked.length, 1);
    clock.nowMs = NAME_DOUBT_MS;
    await cache.resolve(ADDRESS);
    assert.equal(asked.length, 2);
  });

  test('are no matter of addresses without one', async () => {
    const { cache, asked } = cacheOf(() => assert.fail('nothing to look up'));
    assert.deepEqual(await cache.resolve('/ip4/1.2.3.4/tcp/1'), ['/ip4/1.2.3.4/tcp/1']);
    cache.doubt('/ip4/1.2.3.4/tcp/1');
    assert.deepEqual(asked, []);
  });

  test('are given up in time when the name service says nothing', async (context: TestContext) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { cache } = cacheOf(() => new Promise(() => {}));
    const failure = assert.rejects(cache.resolve(ADDRESS), /no answer for node.example in 5 s/);
    context.mock.timers.tick(NAME_LOOKUP_TIMEOUT_MS);
    await failure;
  });

  test('are looked up few at a time and kept in bounded number', async () => {
    let running = 0;
    let most = 0;
    const { cache, asked } = cacheOf(async () => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      return ['10.0.0.1'];
    });
    const addresses = Array.from({ length: NAMES_MAX + 1 }, (_, index) => `/dns4/n${index}/tcp/1`);
    await Promise.all(addresses.map((address) => cache.resolve(address)));
    assert.equal(most, NAME_LOOKUPS_MAX);
    await cache.resolve(addresses[NAMES_MAX] ?? '');
    assert.equal(asked.length, NAMES_MAX + 1);
    await cache.resolve(addresses[0] ?? '');
    assert.equal(asked.length, NAMES_MAX + 2);
  });
});
