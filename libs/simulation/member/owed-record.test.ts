import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '#libs/chain/block.ts';
import { EMPTY_FRONTIER } from '#libs/chain/frontier.ts';
import { toDigest, toEpoch } from '#libs/chain/ids.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { prng } from '#libs/random/prng.ts';
import { blockOn, certify, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { BranchTransactions } from '../chain/branch-transactions.ts';
import { Disk } from '../disk/disk.ts';
import { OwedRecord } from './owed-record.ts';

const SCOPE = { chain: toDigest('c'.repeat(64)), protocol: 'hotstuff', epoch: toEpoch(0n) };
const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);
const NEXT = blockOn(GENESIS, 1);

const held = (block: Block) => ({ block, frontier: EMPTY_FRONTIER, transactions: new BranchTransactions() });

/** A record over a disk, which crashes before the effect of this name. */
function owedRecord(crashesAt?: string) {
  const disk = new Disk<string>(held(GENESIS), SCOPE, HOTSTUFF_TABLE);
  const saved: string[] = [];
  const record = new OwedRecord<string>({
    disk,
    effect: (name, run) => {
      if (name === crashesAt) throw new Error(`crash before ${name}`);
      run();
    },
    witness: () => (before, after) => void saved.push(`${before} ${after}`),
  });
  const commit = () => {
    disk.put(held(NEXT));
    record.commit(() => disk.extend(certify('commit', NEXT), [NEXT.digest]));
  };
  return { disk, record, saved, commit };
}

describe('a safety record that is owed', () => {
  test('is on the disk once it is flushed, the newest alone, and no earlier', () => {
    const { disk, record, saved } = owedRecord();
    for (const text of ['a', 'b']) record.putRecord(text);
    assert.deepEqual([disk.record, record.isOwed, saved], [undefined, true, []]);
    record.flush();
    record.flush();
    assert.deepEqual([disk.durable, record.isOwed, saved], ['b', false, ['undefined b']]);
  });

  test('is taken to the disk by a commit, both or neither', () => {
    const { disk, record, saved, commit } = owedRecord();
    record.putRecord('a');
    commit();
    assert.deepEqual([disk.durable, disk.height, record.isOwed, saved], ['a', 1, false, ['undefined a']]);
    const crashed = owedRecord('commit');
    crashed.record.putRecord('a');
    assert.throws(crashed.commit, /crash before commit/);
    assert.deepEqual([crashed.disk.record, crashed.disk.height, crashed.record.isOwed], [undefined, 0, true]);
  });

  test('may be lost in a power cut while it is written and not synced, and is owed then', () => {
    const left = SEEDS.map((seed) => {
      const { disk, record } = owedRecord('sync');
      record.putRecord('a');
      assert.throws(() => record.flush(), /crash before sync/);
      assert.equal(record.isOwed, true);
      disk.losePower(prng(seed));
      assert.ok(disk.isSound());
      return disk.record;
    });
    assert.deepEqual([...new Set(left)].sort(), ['a', undefined]);
  });
});
