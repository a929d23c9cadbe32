import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toEpoch, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { memberOf } from '#test/support/chain/membership.ts';
import { joinWarnings } from './join-warnings.ts';

const base = { chain: ZERO_DIGEST, epoch: toEpoch(3n), leave: [], join: [] };

test('F-49: a newcomer has to catch up, which is said; a member that takes another key has not', () => {
  const erin = memberOf(4, { name: 'erin' });
  const rotated = memberOf(9, { name: 'm1' });
  const [line, ...others] = joinWarnings({ ...base, leave: ['m1'], join: [erin, rotated] });
  assert.match(line ?? '', /^erin counts as a member two blocks after a quorum has voted/);
  assert.deepEqual(others, []);
  assert.deepEqual(joinWarnings({ ...base, leave: ['m1'], join: [rotated] }), []);
});
