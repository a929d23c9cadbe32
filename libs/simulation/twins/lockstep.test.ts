import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openTwins } from '../campaign/open-twins.ts';
import { hotStuffSubject } from '../hotstuff/subject.ts';
import { Lockstep } from './lockstep.ts';
import { splitsOf } from './scenario.ts';

describe('exhaustive Twins', () => {
  test('know six splits of four members with one pair of twins, and all splits of three members', () => {
    assert.equal(splitsOf(4, 1).length, 6);
    assert.equal(splitsOf(3, 0).length, 2);
    for (const groups of splitsOf(7, 2)) assert.equal(groups.length, 9);
  });

  test('count 331 776 scenarios of four views at two parts', () => {
    const task = { kind: 'twins', protocol: 'hotstuff', members: 4, twins: 1, views: 4 } as const;
    assert.equal(openTwins(task, hotStuffSubject).runs, 331_776);
  });

  test('find nothing in all scenarios of two views', () => {
    const open = openTwins(
      { kind: 'twins', protocol: 'hotstuff', members: 4, twins: 1, views: 2 },
      hotStuffSubject,
    );
    let runs = 0;
    for (let at = 0; at < open.cases; at++) {
      const batch = open.run(at);
      assert.deepEqual(batch.failures, []);
      runs += batch.runs;
    }
    assert.equal(runs, 576);
  });

  test('find two chains when more than f members are twins (the test bites)', () => {
    const open = openTwins(
      { kind: 'twins', protocol: 'hotstuff', members: 4, twins: 2, views: 1 },
      hotStuffSubject,
    );
    const failures = Array.from({ length: open.cases }, (_, at) => open.run(at).failures).flat();
    assert.ok(failures.some(({ violations }) => violations.some(({ invariant }) => invariant === 'S1')));
  });
});

describe('a lockstep federation', () => {
  test('decides a block in each view that is whole, and a state can be continued twice', () => {
    const lockstep = new Lockstep(hotStuffSubject, 4);
    const first = lockstep.pass(lockstep.begin(1), 1, [0, 0, 0, 0, 0]);
    assert.deepEqual(lockstep.heights(first), [1, 1, 1]);
    const split = lockstep.pass(first, 2, [0, 0, 1, 1, 1]);
    const whole = lockstep.pass(first, 2, [0, 0, 0, 0, 0]);
    assert.deepEqual(lockstep.heights(whole), [2, 2, 2]);
    assert.notDeepEqual(lockstep.heights(split), [2, 2, 2]);
    assert.deepEqual(lockstep.takeViolations(), []);
  });
});
