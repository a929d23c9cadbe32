import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { hotStuffSubject } from '../hotstuff/subject.ts';
import { FAULTS, planWithout } from '../plan/plan-without.ts';
import { type RunOptions, simulate } from './simulate.ts';

const CALM: Partial<RunOptions> = {
  actors: [],
  adjust: (plan) => ({ ...planWithout(plan, FAULTS), gstMs: 0 }),
};

function matching(lines: readonly string[], pattern: RegExp): number {
  return lines.filter((line) => pattern.test(line)).length;
}

describe('a run', () => {
  test('is the same twice for a seed, trace and all (libs/simulation/README.md M1)', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(4, 5, 7), (seed, members) => {
        const first = simulate(hotStuffSubject, { seed, members, keepsTrace: true });
        const second = simulate(hotStuffSubject, { seed, members, keepsTrace: true });
        assert.deepEqual(second, first);
      }),
      { numRuns: 10 },
    );
  });

  test('without faults needs no timeout, and every member commits', () => {
    const { trace, violations, height } = simulate(hotStuffSubject, {
      seed: 1,
      members: 4,
      keepsTrace: true,
      ...CALM,
    });
    assert.deepEqual(violations, []);
    assert.ok(height >= 5);
    assert.equal(matching(trace, /timeout/), 0);
  });

  test('with faults shows all of them in its trace', () => {
    const lines = Array.from({ length: 40 }, (_, seed) =>
      simulate(hotStuffSubject, { seed, members: 4, keepsTrace: true }),
    ).flatMap(({ trace }) => trace);
    for (const pattern of [/crash before/, /crash after/, /crash$/, /after timeout/, /refused stale/]) {
      assert.ok(matching(lines, pattern) > 0, String(pattern));
    }
  });

  test('obeys the plan it is given: who is named lies', () => {
    const byzantine = [{ member: 2 as never, actor: 'silent' }];
    const { plan, trace } = simulate(hotStuffSubject, { seed: 3, members: 4, byzantine, keepsTrace: true });
    assert.deepEqual(plan.byzantine, byzantine);
    assert.equal(matching(trace, /^\d+ \d from 2: /), 0);
  });
});
