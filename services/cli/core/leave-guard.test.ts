import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judgeLeave, type LeaveFacts, leaveText } from './leave-guard.ts';

const four = ['m0', 'm1', 'm2', 'm3'].map((name) => ({ name, weight: 1n }));
const FACTS: LeaveFacts = { leaving: 'm0', members: four, neededWeight: 3n, absent: [] };

describe('the guard before a member is taken down', () => {
  test('lets it go where the others decide', () => {
    const verdict = judgeLeave(FACTS);
    assert.deepEqual([verdict.isSafe, verdict.remaining], [true, ['m1', 'm2', 'm3']]);
    assert.equal(
      leaveText('m0', verdict),
      'm0 may be taken down: without m0 3 members are left, with weight 3 of the 3 that decide; all others are there',
    );
  });

  test('keeps it where one more is away, and names that one once with its first reason', () => {
    const absent = [
      { name: 'm2', reason: 'not reached' },
      { name: 'm2', reason: 'does not answer' },
    ];
    const verdict = judgeLeave({ ...FACTS, absent });
    assert.equal(verdict.isSafe, false);
    assert.equal(
      leaveText('m0', verdict),
      'm0 must stay up, or no block becomes final: without m0 2 members are left, with weight 2 of the 3 that decide; ' +
        'not counted: m2 (not reached)',
    );
  });

  test('counts weights and not heads', () => {
    const members = [{ name: 'm0', weight: 1n }, ...four.slice(1), { name: 'm4', weight: 5n }];
    const absent = [{ name: 'm1', reason: 'catching up' }];
    assert.equal(judgeLeave({ leaving: 'm0', members, neededWeight: 7n, absent }).isSafe, true);
    assert.equal(judgeLeave({ leaving: 'm4', members, neededWeight: 7n, absent: [] }).isSafe, false);
  });

  test('takes no notice of the state of the member itself, nor of strangers', () => {
    const absent = ['m0', 'erin'].map((name) => ({ name, reason: 'not reached' }));
    assert.deepEqual(judgeLeave({ ...FACTS, absent }).absent, []);
    assert.equal(judgeLeave({ ...FACTS, absent }).isSafe, true);
  });

  test('lets a guest go at any time', () => {
    const absent = four.map(({ name }) => ({ name, reason: 'not reached' }));
    const verdict = judgeLeave({ ...FACTS, leaving: 'erin', absent });
    assert.equal(verdict.isSafe, true);
    assert.equal(leaveText('erin', verdict), 'erin is a guest: the members decide without it');
  });

  test('keeps each of three that may not lose one', () => {
    const members = four.slice(1);
    assert.equal(judgeLeave({ leaving: 'm1', members, neededWeight: 3n, absent: [] }).isSafe, false);
  });
});
