import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { prng } from '#libs/random/prng.ts';
import { News } from './news.ts';
import { NEWS_DELAY_MS, NEWS_FANOUT } from './rules/exchange-limits.ts';

function newsOf(context: TestContext, audience: readonly string[]) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const told: string[] = [];
  const random = prng('news');
  const news = new News({
    audience: () => audience,
    intervalMs: () => 30_000,
    random: () => random.next(),
    tell: (listener, keys) => told.push(`${listener}: ${keys.join()}`),
  });
  return { news, told, pass: () => context.mock.timers.tick(NEWS_DELAY_MS) };
}

describe('news', () => {
  test('P2P-78 that come together leave together, to a few of many', (context) => {
    const { news, told, pass } = newsOf(
      context,
      Array.from({ length: 50 }, (_, index) => `p${index}`),
    );
    for (let index = 0; index < 20; index++) news.add([`k${index}`], 'teller');
    assert.equal(told.length, 0);
    pass();
    assert.equal(told.length, NEWS_FANOUT);
    assert.equal(new Set(told).size, NEWS_FANOUT);
    assert.ok(told.every((line) => line.includes('k0,k1') && line.endsWith('k19')));
    pass();
    assert.equal(told.length, NEWS_FANOUT);
  });

  test('P2P-72 go to all when all are few, but not to who told them, nor to whom they are about', (context) => {
    const { news, told, pass } = newsOf(context, ['a', 'b', 'c']);
    news.add(['b', 'x'], 'a');
    pass();
    assert.deepEqual(told.toSorted(), ['b: x', 'c: b,x']);
  });

  test('are forgotten at the end, and none is heard after it', (context) => {
    const { news, told, pass } = newsOf(context, ['a']);
    news.add(['x'], 'b');
    news.stop();
    news.add(['y'], 'b');
    pass();
    pass();
    assert.deepEqual(told, []);
  });
});
