import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { toHeight } from '#libs/chain/ids.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { openDatabase } from '#libs/sqlite/database.ts';
import { blockUpon, CHAIN_DIGEST, certificateFor, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { LongChain } from '#test/support/engine/snapshot-bench.ts';
import { openChainStore } from '../open-chain-store.ts';
import { HeldStates } from './held-states.ts';
import { CHAIN_SCHEMA } from './schema.ts';
import { StoredGap } from './stored-gap.ts';
import { tablesOf } from './tables.ts';
import { UndecidedBlocks } from './undecided-blocks.ts';

const BLOCKS = 6;
const OLD_BLOCKS = 2;
const chain = new LongChain(BLOCKS, 3);
after(() => chain.remove());
const blockAt = (height: number) => chain.blocks[height - 1] ?? assert.fail();
const transactionAt = (height: number) => blockAt(height).block.transactions[0]?.hash ?? assert.fail();

let count = 0;

/** The tables of a member that had the first blocks, and then took a snapshot of the whole chain. */
function gapped() {
  const path = join(chain.folder, `gapped-${count++}.db`);
  const store = openChainStore({
    ...{ path, genesis: GENESIS.block, chainDigest: CHAIN_DIGEST, protocol: HOTSTUFF, member: 'm0' },
  });
  store.extend(chain.blocks.slice(0, OLD_BLOCKS), certificateFor(blockAt(OLD_BLOCKS).block));
  const given = chain.store.snapshots;
  const snapshot = given.snapshotAt(toHeight(BigInt(BLOCKS))) ?? assert.fail();
  store.snapshots.stage({ ...snapshot, others: [], certificate: chain.target() });
  for (const number of store.snapshots.missingChunks()) {
    store.snapshots.putChunk(number, given.chunkAt(toHeight(BigInt(BLOCKS)), number) ?? assert.fail());
  }
  store.snapshots.install();
  store.close();
  const db = openDatabase(path, { schema: CHAIN_SCHEMA, fileMode: 0o600, mustExist: true });
  after(() => db.close());
  return tablesOf(db, path);
}

describe('the gap below a snapshot', () => {
  test('A5-11 is between the newest old block and that of the snapshot, and holds the transactions in it', () => {
    const gap = new StoredGap(gapped(), new UndecidedBlocks());
    assert.deepEqual(gap.span(), { from: 3n, to: 5n });
    assert.equal(gap.base()?.block.digest, blockAt(BLOCKS).block.digest);
    assert.equal(gap.history()?.tip.digest, blockAt(OLD_BLOCKS).block.digest);
    assert.deepEqual(gap.frontier(), blockAt(OLD_BLOCKS).frontier);
    assert.equal(gap.holds(transactionAt(4)), true);
  });

  test('A5-11 shrinks with each branch that fills it, and is closed by the block of the snapshot', () => {
    const tables = gapped();
    const undecided = new UndecidedBlocks();
    const gap = new StoredGap(tables, undecided);
    const held = { ...blockAt(3), id: tables.blocks.insert(blockAt(3).block, blockAt(3).frontier) };
    undecided.add(held);

    gap.fill(chain.blocks.slice(2, 4), certificateFor(blockAt(4).block));
    assert.deepEqual(gap.span(), { from: 5n, to: 5n });
    assert.equal(undecided.get(held.block.digest), undefined, 'a block that was held is final now');
    assert.deepEqual(new StoredGap(tables, undecided).span(), { from: 5n, to: 5n }, 'after a restart too');

    gap.fill(chain.blocks.slice(4, 6), chain.target());
    assert.equal(gap.isOpen, false);
    assert.equal(gap.span(), undefined);
    assert.equal(gap.holds(transactionAt(4)), false, 'the blocks themselves know it now');
    assert.equal(tables.final.positionOf(transactionAt(4))?.height, 4n);
    assert.equal(new StoredGap(tables, undecided).isOpen, false, 'after a restart too');
  });

  test('A5-11 takes no branch that does not grow out of the newest block below it', () => {
    const gap = new StoredGap(gapped(), new UndecidedBlocks());
    const other = blockUpon(blockAt(1), 77);
    assert.throws(() => gap.fill([other], certificateFor(other.block)), {
      detail: {
        code: 'CHAIN_FORK',
        height: 2n,
        final: blockAt(OLD_BLOCKS).block.digest,
        certified: other.block.digest,
      },
    });
    assert.deepEqual(gap.span(), { from: 3n, to: 5n });
  });

  test('A5-11 leaves no state to give of the blocks in it, nor of any above the tip', () => {
    const tables = gapped();
    const states = new HeldStates(tables, () => ({ height: toHeight(BigInt(BLOCKS)) }));
    assert.equal(states.stateAt(toHeight(6n))?.outline.size, 18n);
    assert.equal(states.chunkAt(toHeight(6n), 0)?.length, 18 * 32);
    assert.equal(states.chunkAt(toHeight(6n), 1), undefined, 'its state is one chunk');
    assert.equal(states.stateAt(toHeight(4n)), undefined);
    assert.equal(states.chunkAt(toHeight(4n), 0), undefined);
    const earlier = new HeldStates(tables, () => ({ height: toHeight(2n) }));
    assert.equal(earlier.stateAt(toHeight(6n)), undefined);
    assert.equal(earlier.chunkAt(toHeight(6n), 0), undefined);
  });
});
