import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { HeardMembers } from './heard-members.ts';

test('the silence of members is counted from their last word, or from the begin where they said none', () => {
  let nowMs = 100;
  const members = new HeardMembers(() => nowMs);
  const [one, two] = [toMemberIndex(1), toMemberIndex(2)];
  nowMs += 50;
  members.heard(one);
  nowMs += 7;
  assert.deepEqual(
    [...members.silence([one, two])],
    [
      [one, 7],
      [two, 57],
    ],
  );
  members.begin();
  nowMs += 1;
  assert.deepEqual([...members.silence([one])], [[one, 1]], 'another member may have the number');
  assert.deepEqual([...members.silence([])], []);
});
