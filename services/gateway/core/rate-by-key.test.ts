import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FLAP_BURST, FLAPS_PER_SECOND } from './connection-limits.ts';
import { RateByKey } from './rate-by-key.ts';

const rateFor = (keysMax: number): RateByKey =>
  new RateByKey({ perSecond: FLAPS_PER_SECOND, burst: FLAP_BURST, keysMax });

const admitted = (rate: RateByKey, key: string, count: number, nowMs: number): number =>
  Array.from({ length: count }, () => rate.admit(key, nowMs)).filter(Boolean).length;

describe('rate by key', () => {
  test('P2P-22 admits a burst, then one connection a second, of each peer for itself', () => {
    const rate = rateFor(10);
    assert.equal(admitted(rate, 'a', 100, 0), FLAP_BURST);
    assert.equal(admitted(rate, 'a', 100, 3_000), 3);
    assert.equal(admitted(rate, 'b', 1, 3_000), 1);
  });

  test('forgets the oldest key beyond its bound', () => {
    const rate = rateFor(2);
    admitted(rate, 'a', FLAP_BURST, 0);
    for (const key of ['b', 'c']) rate.admit(key, 0);
    assert.equal(rate.admit('a', 0), true);
  });
});
