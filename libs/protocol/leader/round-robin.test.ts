import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toEpoch, toView } from '#libs/chain/ids.ts';
import { validatorSet } from '../validator-set.ts';
import { roundRobin } from './round-robin.ts';

test('members lead in turn, whatever the view', () => {
  const facts = ['a', 'b', 'c'].map((name) => ({ name, publicKey: new Uint8Array(), weight: 1n }));
  const leader = roundRobin(validatorSet(toEpoch(0n), facts));
  assert.deepEqual(
    [1n, 2n, 3n, 4n, 2n ** 64n - 1n].map((view) => leader(toView(view))),
    [1, 2, 0, 1, 0],
  );
});
