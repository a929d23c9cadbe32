import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Perturbation } from './manifest.ts';
import { isWithoutQuorum, splitFault } from './split.ts';

const partition = (...groups: number[][]): Perturbation => ({
  ...{ kind: 'partition', atMs: 0, forMs: 60_000, groups },
});

test('a split is without a quorum when each of its groups is', () => {
  assert.equal(isWithoutQuorum(partition([0, 1], [2, 3]), 4), true);
  assert.equal(isWithoutQuorum(partition([0, 1, 2], [3]), 4), false);
  assert.equal(isWithoutQuorum(partition([0, 1, 2, 3], [4, 5, 6]), 7), true);
  assert.equal(isWithoutQuorum({ kind: 'disconnect', atMs: 0, forMs: 1, member: 0 }, 4), false);
});

test('a height that grows in it is a fault, once no decision can be under way any more', () => {
  const split = partition([0, 1], [2, 3]);
  assert.equal(splitFault(split, 5_000, 4_000), undefined);
  assert.equal(splitFault(split, 5_000, 15_000), undefined);
  assert.match(
    splitFault(split, 5_000, 15_001) ?? '',
    /a height grew 10001 ms after .*"groups":\[\[0,1\],\[2,3\]\]/,
  );
});
