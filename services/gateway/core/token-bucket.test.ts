import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { TokenBucket } from './token-bucket.ts';

describe('token bucket', () => {
  test('gives the burst at once and then the rate', () => {
    const bucket = new TokenBucket({ perSecond: 100, burst: 50, nowMs: 0 });
    assert.equal(bucket.take(50, 0), true);
    assert.equal(bucket.take(1, 0), false);
    assert.equal(bucket.take(10, 100), true);
    assert.equal(bucket.take(1, 100), false);
  });

  test('never saves up more than the burst', () => {
    const bucket = new TokenBucket({ perSecond: 100, burst: 50, nowMs: 0 });
    assert.equal(bucket.take(51, 1_000_000), false);
    assert.equal(bucket.take(50, 1_000_000), true);
  });

  test('takes nothing when it refuses', () => {
    const bucket = new TokenBucket({ perSecond: 1, burst: 50, nowMs: 0 });
    assert.equal(bucket.take(51, 0), false);
    assert.equal(bucket.take(50, 0), true);
  });

  test('gives nothing for a clock that goes backwards', () => {
    const bucket = new TokenBucket({ perSecond: 100, burst: 50, nowMs: 1000 });
    bucket.take(50, 1000);
    assert.equal(bucket.take(1, 0), false);
    assert.equal(bucket.take(1, 1000), false);
  });

  test('charges what is above the rate and tells how long that takes to pay', () => {
    const bucket = new TokenBucket({ perSecond: 100, burst: 50, nowMs: 0 });
    assert.equal(bucket.charge(50, 0), 0);
    assert.equal(bucket.charge(30, 0), 300);
    assert.equal(bucket.charge(0, 100), 200);
    assert.equal(bucket.take(1, 299), false);
    assert.equal(bucket.charge(0, 301), 0);
    assert.equal(bucket.take(50, 900), true);
  });

  test('never lets more through than burst and rate allow', () => {
    const takes = fc.array(fc.record({ amount: fc.nat(80), waitMs: fc.nat(500) }), { maxLength: 60 });
    fc.assert(
      fc.property(takes, (steps) => {
        const bucket = new TokenBucket({ perSecond: 100, burst: 50, nowMs: 0 });
        let nowMs = 0;
        let through = 0;
        for (const { amount, waitMs } of steps) {
          nowMs += waitMs;
          if (bucket.take(amount, nowMs)) through += amount;
          assert.ok(through <= 50 + (nowMs * 100) / 1000 + 1e-6);
        }
      }),
    );
  });
});
