import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Digest, toDigest } from '#libs/chain/ids.ts';
import { BranchTransactions } from './branch-transactions.ts';

const [A, B, C] = ['a', 'b', 'c'].map((each) => toDigest(each.repeat(64))) as [Digest, Digest, Digest];

function assertHolds(branch: BranchTransactions, ...hashes: readonly Digest[]): void {
  assert.deepEqual([...branch], hashes);
  for (const hash of [A, B, C]) assert.equal(branch.has(hash), hashes.includes(hash));
}

describe('the transactions of a branch', () => {
  test('are those of the parent, in their order, and behind them those of the block', () => {
    const first = new BranchTransactions().with([B]);
    assertHolds(first, B);
    assertHolds(first.with([A, C]), B, A, C);
  });

  test('of a block stay the same, however many blocks stand on it', () => {
    const parent = new BranchTransactions().with([A]);
    const one = parent.with([B]);
    const other = parent.with([C]);
    const empty = parent.with([]);
    assertHolds(parent, A);
    assertHolds(one, A, B);
    assertHolds(other, A, C);
    assertHolds(empty.with([C, B]), A, C, B);
    assertHolds(empty, A);
  });

  test('are named once', () => {
    assertHolds(new BranchTransactions().with([A, A]).with([B, A]), A, B);
  });
});
