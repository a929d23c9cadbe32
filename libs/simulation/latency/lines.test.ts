import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { prng } from '#libs/random/prng.ts';
import { NoChance } from '../time/no-chance.ts';
import { Schedule } from '../time/schedule.ts';
import { type LineRates, Lines } from './lines.ts';

interface Sent {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

/** A byte takes a microsecond, and a message 25 ms more. */
const RATES: LineRates = { bitsPerSecond: 8e6, latencyMs: 25, jitterMs: 0 };

/** When each message that leaves at once is there. */
function arrivals(sent: readonly Sent[], rates: LineRates = RATES, seed = 1): readonly number[] {
  const schedule = new Schedule(new NoChance());
  const lines = new Lines(schedule, prng(seed), rates, 8);
  const times = sent.map(() => 0);
  for (const [at, load] of sent.entries()) {
    lines.send({
      ...load,
      arrived: () => {
        times[at] = schedule.nowMs;
      },
    });
  }
  while (!schedule.isEmpty) schedule.step();
  return times;
}

describe('the lines of members', () => {
  test('carry one message after the other up', () => {
    const to = (receiver: number) => ({ from: 0, to: receiver, bytes: 10_000 });
    assert.deepEqual(arrivals([to(1), to(2), to(3)]), [35, 45, 55]);
  });

  test('carry one message after the other down', () => {
    const from = (sender: number) => ({ from: sender, to: 0, bytes: 10_000 });
    assert.deepEqual(arrivals([from(1), from(2), from(3)]), [35, 45, 55]);
  });

  test('carry a message that meets no other in its time on one line, both ways at once', () => {
    const sent = [
      { from: 0, to: 1, bytes: 1_000 },
      { from: 1, to: 0, bytes: 2_000 },
    ];
    assert.deepEqual(arrivals(sent), [26, 27]);
  });

  test('without a bound take their latency alone', () => {
    const rates = { ...RATES, bitsPerSecond: Number.POSITIVE_INFINITY };
    assert.deepEqual(arrivals([{ from: 0, to: 1, bytes: 1e9 }], rates), [25]);
  });

  test('count what goes up', () => {
    const schedule = new Schedule(new NoChance());
    const lines = new Lines(schedule, prng(1), RATES, 3);
    for (const to of [1, 2]) lines.send({ from: 0, to, bytes: 700, arrived: () => {} });
    assert.deepEqual([...lines.sentBytes()], [1_400, 0, 0]);
  });

  test('never let one message overtake another of the same two members, whatever the jitter', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50_000 }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(sizes, fc.integer(), (bytes, seed) => {
        const rates = { ...RATES, jitterMs: 40 };
        const times = arrivals(
          bytes.map((each) => ({ from: 0, to: 1, bytes: each })),
          rates,
          seed,
        );
        assert.deepEqual(
          times.toSorted((a, b) => a - b),
          times,
        );
      }),
    );
  });

  test('are never faster with more bytes, and never slower with more bandwidth', () => {
    const place = fc.integer({ min: 0, max: 7 });
    const load = fc.record({ from: place, to: place, bytes: fc.integer({ min: 1, max: 50_000 }) });
    const loads = fc.array(load, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(loads, fc.nat({ max: 11 }), fc.integer({ min: 1, max: 50_000 }), (sent, which, more) => {
        const last = Math.max(...arrivals(sent));
        const at = which % sent.length;
        const heavier = sent.map((each, index) =>
          index === at ? { ...each, bytes: each.bytes + more } : each,
        );
        assert.ok(Math.max(...arrivals(heavier)) >= last - 1e-9);
        assert.ok(Math.max(...arrivals(sent, { ...RATES, bitsPerSecond: 1e9 })) <= last + 1e-9);
      }),
    );
  });
});
