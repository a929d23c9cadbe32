import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { REQUEST_BURST, UPDATE_BURST } from './exchange-limits.ts';
import { ExchangeRates } from './exchange-rates.ts';

const count = (take: () => boolean): number => Array.from({ length: 100 }, take).filter(Boolean).length;

describe('rates of peer exchange', () => {
  test('P2P-77 allow a burst, then ten requests a minute, to each peer for itself', () => {
    const rates = new ExchangeRates(() => 30_000);
    assert.equal(
      count(() => rates.mayRequest('a', 0)),
      REQUEST_BURST,
    );
    assert.equal(
      count(() => rates.mayRequest('a', 60_000)),
      REQUEST_BURST,
    );
    assert.equal(
      count(() => rates.mayRequest('b', 60_000)),
      REQUEST_BURST,
    );
    assert.equal(
      count(() => rates.mayTell('a', 60_000)),
      UPDATE_BURST,
    );
  });

  test('P2P-73 never refuse who asks once in each interval, however short ours is', () => {
    const rates = new ExchangeRates(() => 1_000);
    for (let second = 0; second < 300; second++) assert.ok(rates.mayRequest('a', second * 1_000));
  });
});
