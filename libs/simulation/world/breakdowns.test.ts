import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { hotStuffSubject } from '../hotstuff/subject.ts';
import { AMNESIAC, BREAKDOWNS, type Plan } from '../plan/plan.ts';
import { FAULTS, planWithout } from '../plan/plan-without.ts';
import { simulate } from '../run/simulate.ts';

/** A good network in which this alone goes wrong. */
function run(change: Partial<Plan>, actors: readonly string[] = []) {
  return simulate(hotStuffSubject, {
    seed: 5,
    members: 4,
    actors,
    keepsTrace: true,
    adjust: (plan) => ({ ...planWithout(plan, FAULTS), gstMs: 2_000, ...change }),
  });
}

const MEMBER = toMemberIndex(2);

describe('liveness mode', () => {
  for (const how of BREAKDOWNS) {
    test(`the others go on without a member that is broken for good: ${how}`, () => {
      const { violations, trace, height } = run({ broken: [{ member: MEMBER, how, fromMs: 300 }] });
      assert.deepEqual(violations, []);
      assert.ok(trace.some((line) => line.includes(`2 broken: ${how}`)));
      assert.ok(height >= 5);
    });
  }

  test('more than f broken members stop the federation, and it is reported as V1', () => {
    const broken = [1, 2].map((member) => ({
      member: toMemberIndex(member),
      how: 'down' as const,
      fromMs: 0,
    }));
    const { violations } = run({ broken });
    assert.deepEqual(
      violations.map(({ invariant }) => invariant),
      ['V1'],
    );
  });
});

describe('a disk', () => {
  test('that decayed keeps its member from ever signing again', () => {
    const { trace } = run({ broken: [{ member: MEMBER, how: 'corrupt', fromMs: 500 }] });
    const at = trace.findIndex((line) => line.includes('2 refuses to start'));
    assert.ok(at > 0);
    assert.ok(trace.slice(at).every((line) => !/ from 2: /.test(line) || Number(line.split(' ')[0]) < 600));
  });

  test('that is full stops its member, which goes on when there is space again', () => {
    const { trace, violations } = run({ fullDisks: [{ instance: 2, atMs: 300, forMs: 900 }] });
    assert.deepEqual(violations, []);
    const at = trace.findIndex((line) => line.includes('2 halted: DiskFullError'));
    assert.ok(at > 0);
    assert.ok(trace.slice(at).some((line) => / 2 start$/.test(line)));
  });
});

test('a pause delays what comes in, and loses none of it', () => {
  const { trace, violations } = run({ pauses: [{ instance: 2, atMs: 300, forMs: 600 }] });
  assert.deepEqual(violations, []);
  const times = trace.filter((line) => /^\d+ 2 from /.test(line)).map((line) => Number(line.split(' ')[0]));
  assert.ok(times.every((ms) => ms <= 300 || ms >= 900));
  assert.ok(times.filter((ms) => ms === 900).length > 0);
});

test('f members that go back to old backups of themselves break nothing', () => {
  const { violations, trace } = run({ byzantine: [{ member: MEMBER, actor: AMNESIAC }] }, [AMNESIAC]);
  assert.deepEqual(violations, []);
  assert.ok(trace.filter((line) => / 2 start$/.test(line)).length > 2);
});
