import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chainOf, honest, type PeerPlan, SyncBench, targetOf } from '#test/support/engine/sync-bench.ts';
import { assertSame, benchWith, CHAIN, good, silent } from '#test/support/engine/sync-lies.ts';
import { ANSWER_MS } from './sync-limits.ts';

describe('a peer that does not help', () => {
  const lame: Readonly<Record<string, PeerPlan>> = {
    'is silent': silent,
    'has nothing': { behaviour: () => 'nothing' },
    'answers just before it is given up': { ...good, delayMs: ANSWER_MS - 10 },
    'drips one block at a time, late': {
      behaviour: (request, ask) => honest(CHAIN)({ ...request, to: request.from }, ask),
      delayMs: ANSWER_MS - 10,
    },
    'drips one block at a time, at once': {
      behaviour: (request, ask) => honest(CHAIN)({ ...request, to: request.from }, ask),
    },
    'answers twice as late as allowed': { ...good, delayMs: ANSWER_MS * 2 },
    'never gives the certificate that it has': {
      behaviour: ({ from, to }) => ({
        blocks: CHAIN.final.slice(Number(from), Number(to) + 1),
        certificate: targetOf(CHAIN),
        descendants: CHAIN.final.slice(Number(to) + 1).map(({ header }) => header),
      }),
    },
    'stops in the middle': {
      behaviour: (request, ask) => (ask > 1 ? undefined : honest(CHAIN)(request, ask)),
    },
  };
  for (const [what, plan] of Object.entries(lame)) {
    test(`HS-54 because it ${what} costs little time and is no liar`, () => {
      const bench = benchWith(plan, plan, good);
      assert.ok(bench.untilHeight(1_000, 12_000), `height ${bench.height} at ${bench.nowMs} ms`);
      assertSame(bench);
      assert.deepEqual(bench.lies, []);
    });
  }

  test('is asked ever more rarely', () => {
    const bench = benchWith({ behaviour: () => 'nothing' });
    bench.pass(60_000);
    const early = bench.asked.filter(({ atMs }) => atMs < 10_000).length;
    const late = bench.asked.filter(({ atMs }) => atMs >= 50_000).length;
    assert.ok(early <= 8 && late <= 1, `${early} early, ${late} late`);
  });

  test('because its line is slow is asked for less, so that an answer comes in time', () => {
    const bench = benchWith({ ...good, delayMsPerBlock: 100 });
    assert.ok(bench.untilHeight(1_000, 120_000), `height ${bench.height}`);
    const late = bench.asked.filter(({ from, to, atMs }) => atMs > 30_000 && to - from >= 16n);
    assert.ok(late.length <= 6, `${late.length} large requests`);
    assertSame(bench);
  });

  test('is not asked for more while it keeps us waiting, and is asked again after it was given up', () => {
    const short = chainOf({ blocks: 100 });
    const truth = honest(short);
    const bench = new SyncBench([
      { behaviour: (request, ask) => (ask === 1 ? undefined : truth(request, ask)) },
    ]);
    bench.sync.seek(targetOf(short));
    bench.pass(ANSWER_MS - 100);
    assert.equal(bench.asked.length, 1);
    assert.ok(bench.untilHeight(100, 5_000));
  });

  test('in time is asked for as much as it can send in time', () => {
    const bench = benchWith({ ...good, delayMsPerBlock: 12 });
    assert.ok(bench.untilHeight(1_000, 60_000));
    const sizes = bench.asked.slice(4).map(({ from, to }) => to - from + 1n);
    assert.ok(
      sizes.every((size) => size <= 64n),
      sizes.join(),
    );
  });
});
