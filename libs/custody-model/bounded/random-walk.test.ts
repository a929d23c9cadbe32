import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ALL_RULES } from '#libs/custody/judge.ts';
import { ROUNDS_TABLES } from '#libs/custody/tables/rounds.ts';
import { FORK, SPLIT } from './rounds-machine.ts';
import { walkMany } from './walk-campaign.ts';

const EVER = { untilMs: 1, nowMs: () => 0 } as const;

function tableOf(protocol: string) {
  const table = ROUNDS_TABLES.get(protocol);
  assert.ok(table);
  return table;
}

describe('random walks through what hostile hosts can bring honest keys to', () => {
  test('break nothing, and reach the last of three heights', () => {
    for (const [protocol, table] of ROUNDS_TABLES) {
      const { broken, walks, decided, rescues } = walkMany({
        ...EVER,
        table,
        views: 3,
        heights: 3,
        from: 1,
        count: 200,
      });
      assert.deepEqual([broken, walks], [undefined, 200], protocol);
      assert.ok((decided[3] ?? 0) > 10 && rescues > 10, `${protocol} ${decided}`);
    }
  });

  for (const [protocol, broken] of [
    ['pbft', FORK],
    ['dbft', SPLIT],
    ['phased', FORK],
  ] as const) {
    test(`${protocol}: find what breaks without a rule, and say how`, () => {
      for (const rule of ['reports', 'lock', 'leaving', 'certificates'] as const) {
        const rules = { ...ALL_RULES, [rule]: false };
        const plan = { table: tableOf(protocol), views: 2, heights: 1, rules };
        const found = walkMany({ ...EVER, ...plan, from: 1, count: 5000 });
        assert.equal(found.broken, broken, rule);
        const again = walkMany({ ...EVER, ...plan, from: found.next - 1, count: 1 });
        assert.deepEqual(again.trace, found.trace);
      }
    });
  }

  test('go on where they ended: the number of a walk decides it', () => {
    const plan = { table: tableOf('phased'), views: 3, heights: 2 };
    const whole = walkMany({ ...EVER, ...plan, from: 7, count: 60 });
    const first = walkMany({ ...EVER, ...plan, from: 7, count: 25 });
    const rest = walkMany({ ...EVER, ...plan, from: first.next, count: 35 });
    assert.equal(first.signatures + rest.signatures, whole.signatures);
    assert.deepEqual(
      whole.decided,
      first.decided.map((count, at) => count + (rest.decided[at] ?? 0)),
    );
    assert.equal(rest.next, whole.next);
  });

  test('end when their time is over', () => {
    let looks = 0;
    const plan = { table: tableOf('pbft'), views: 2, heights: 1, from: 1, count: 10_000 };
    const { walks } = walkMany({ ...plan, untilMs: 2, nowMs: () => looks++ });
    assert.equal(walks, 3000);
  });
});
