import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import { blockUpon, certificateFor, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { foundingOf, rosterOf } from '#test/support/chain/membership.ts';
import { RANGE_BLOCKS_MAX, RANGE_TRANSACTIONS_MAX } from '../ports/range-limits.ts';
import { RangeApplier } from './range-applier.ts';
import { BLOCK_WORK, SLICE_WORK_MAX } from './sync-limits.ts';

/** Nobody votes for a change here. */
const MEMBERSHIP = foundingOf(GENESIS.block.digest, rosterOf(4));

/** Blocks one upon another, each with so many transactions. */
function branchOf(blocks: number, transactions: number): readonly BlockWithFrontier[] {
  const branch: BlockWithFrontier[] = [];
  for (let at = 1; at <= blocks; at++) {
    const texts = Array.from({ length: transactions }, (_, index) => `${at} ${index}`);
    branch.push(blockUpon(branch.at(-1) ?? GENESIS, at, texts));
  }
  return branch;
}

/** The work of each turn of the event loop in which a range of these blocks is judged and made final. */
function turnsOf(branch: readonly BlockWithFrontier[]) {
  const turns: (() => void)[] = [];
  const judged: number[] = [];
  const extended: number[] = [];
  let result = '';
  const applier = new RangeApplier({
    chain: { tip: () => GENESIS.block },
    keeper: {
      judgeNext: (block) => {
        judged[judged.length - 1] = (judged.at(-1) ?? 0) + BLOCK_WORK + block.transactions.length;
        const found = branch.find((each) => each.block === block) ?? assert.fail();
        return { ok: true, frontier: found.frontier, membership: MEMBERSHIP };
      },
      extend: (blocks) => void extended.push(blocks.length),
    },
    proofOf: () => undefined,
    clock: {
      nowMs: () => 0,
      after: (delayMs, fire) => {
        assert.equal(delayMs, 0);
        turns.push(fire);
        return () => {};
      },
    },
    onBroken: (error) => assert.fail(String(error)),
  });
  const last = branch.at(-1) ?? assert.fail();
  const range = {
    blocks: branch.map(({ block }) => block),
    certificate: certificateFor(last.block),
    descendants: [],
  };
  applier.apply(range, (ended) => {
    result = ended;
  });
  const others: number[] = [];
  while (turns.length > 0) {
    // Other work has its turn between two slices: slices run in turns of the clock only.
    assert.equal(turns.length, 1);
    others.push(judged.length);
    judged.push(0);
    turns.shift()?.();
  }
  return { slices: judged.filter((work) => work > 0), turns: others.length, extended, result };
}

describe('a member that catches up', () => {
  test('A5-11 judges no more in one turn of the event loop than a slice, and answers between slices', () => {
    const perBlock = Math.floor(RANGE_TRANSACTIONS_MAX / 100);
    for (const branch of [branchOf(100, perBlock), branchOf(RANGE_BLOCKS_MAX, 0), branchOf(2, 1_000)]) {
      const { slices, turns, extended, result } = turnsOf(branch);
      const largest = Math.max(...branch.map(({ block }) => BLOCK_WORK + block.transactions.length));
      for (const work of slices) assert.ok(work < SLICE_WORK_MAX + largest, `${work} in one turn`);
      const all = slices.reduce((sum, work) => sum + work, 0);
      assert.ok(slices.length >= Math.floor(all / (SLICE_WORK_MAX + largest)), `${slices.length} slices`);
      assert.equal(turns, slices.length + 1, 'what is written is a turn of its own');
      assert.deepEqual([extended, result], [[branch.length], 'applied']);
    }
  });

  test('A5-11 needs several turns for the largest range', () => {
    assert.ok(turnsOf(branchOf(100, RANGE_TRANSACTIONS_MAX / 100)).slices.length >= 3);
  });
});
