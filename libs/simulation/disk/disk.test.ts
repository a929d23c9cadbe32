import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '#libs/chain/block.ts';
import { EMPTY_FRONTIER } from '#libs/chain/frontier.ts';
import { toDigest, toEpoch } from '#libs/chain/ids.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { prng } from '#libs/random/prng.ts';
import { blockOn, certify, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { BranchTransactions } from '../chain/branch-transactions.ts';
import type { HeldBlock } from '../chain/shared-judge.ts';
import { Disk } from './disk.ts';

const SCOPE = { chain: toDigest('c'.repeat(64)), protocol: 'hotstuff', epoch: toEpoch(0n) };
const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);
const NEXT = blockOn(GENESIS, 1);
const TOP = blockOn(blockOn(NEXT, 2), 3);

const held = (block: Block): HeldBlock => ({
  block,
  frontier: EMPTY_FRONTIER,
  transactions: new BranchTransactions(),
});

/** A disk whose chain jumped from its first block over a gap, as one write, and whether a power cut left that. */
function cut(seed: number): { readonly disk: Disk<string>; readonly hasJumped: boolean } {
  const disk = new Disk<string>(held(GENESIS), SCOPE, HOTSTUFF_TABLE);
  let hasJumped = false;
  disk.atomically(() => {
    hasJumped = true;
    disk.undoable(() => {
      hasJumped = false;
    });
    disk.jump(certify('commit', TOP), held(TOP));
  });
  disk.losePower(prng(seed));
  return { disk, hasJumped };
}

describe('the disk of a simulated member', () => {
  test('keeps all of a write or nothing, wherever the power is cut', () => {
    const seen = SEEDS.map((seed) => {
      const { disk, hasJumped } = cut(seed);
      const { height } = disk;
      assert.equal(disk.top?.block.digest, hasJumped ? TOP.digest : GENESIS.digest);
      assert.equal(disk.blocks.has(TOP.digest), hasJumped);
      assert.equal(disk.tip.height, BigInt(height));
      return height;
    });
    assert.deepEqual([...new Set(seen)].sort(), [0, 3]);
  });

  test('keeps what was synced, before and after a write as one', () => {
    for (const seed of SEEDS) {
      const disk = new Disk<string>(held(GENESIS), SCOPE, HOTSTUFF_TABLE);
      disk.put(held(NEXT));
      disk.sync();
      disk.atomically(() => disk.put(held(TOP)));
      disk.sync();
      disk.losePower(prng(seed));
      assert.ok(disk.blocks.has(NEXT.digest) && disk.blocks.has(TOP.digest));
    }
  });
});
