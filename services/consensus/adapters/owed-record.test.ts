import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { toView } from '#libs/chain/ids.ts';
import type { HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import {
  blockUpon,
  CHAIN_DIGEST,
  certificateFor,
  GENESIS,
  recordWith,
} from '#test/support/chain/chain-fixture.ts';
import { saveRecord } from '#test/support/chain/save-record.ts';
import { onRecordedDisk } from '#test/support/disk/recorded-disk.ts';
import { STRAY_BLOCKS_MAX } from './chain-store/limits.ts';
import type { ChainStore } from './chain-store.ts';
import { openChainStore } from './open-chain-store.ts';

const BLOCK = blockUpon(GENESIS, 1, ['of view 1']);
const DECIDED = certificateFor(BLOCK.block);

const open = (folder: string): ChainStore =>
  openChainStore({
    ...{ path: join(folder, 'chain.db'), genesis: GENESIS.block, chainDigest: CHAIN_DIGEST },
    ...{ protocol: HOTSTUFF, member: 'm0' },
  });

function storeIn(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'owed-record-'));
  const store = open(folder);
  context.after(() => rmSync(folder, { recursive: true }));
  return { folder, store };
}

const record = (view: number, more: Parameters<typeof recordWith>[0] = {}): HostedRecord =>
  recordWith({ view: toView(BigInt(view)), ...more });

/** View of the record, and height, that a power cut leaves at the end of `work`. */
async function afterPowerCut(context: TestContext, folder: string, work: () => void) {
  const { failure, images } = await onRecordedDisk(folder, { fault: 'kill', at: -1 }, async () => work());
  assert.equal(failure, undefined);
  context.after(() => {
    for (const image of Object.values(images)) rmSync(image, { recursive: true });
  });
  const store = open(images.synced);
  const left = { view: store.loadRecord()?.reached.view, height: store.tip().height };
  store.close();
  return left;
}

describe('a safety record that is put', () => {
  test('is on the disk once it is flushed, and the newest counts', async (context) => {
    const { folder, store } = storeIn(context);
    const left = await afterPowerCut(context, folder, () => {
      store.putRecord(record(1));
      store.putRecord(record(2));
      assert.equal(store.loadRecord(), undefined, 'it waits');
      assert.deepEqual([store.flush(), store.flush()], [true, false]);
      store.putRecord(record(3));
    });
    assert.deepEqual(left, { view: 2n, height: 0n });
    store.close();
  });

  test('is written with the blocks of a commit, and owes no flush any more', async (context) => {
    const { folder, store } = storeIn(context);
    store.putBlock(BLOCK.block, BLOCK.frontier);
    const left = await afterPowerCut(context, folder, () => {
      store.putRecord(record(2, { commit: DECIDED }));
      assert.equal(store.commit(DECIDED).length, 1);
      assert.equal(store.flush(), false);
    });
    assert.deepEqual(left, { view: 2n, height: 1n });
    store.close();
  });

  test('still waits after a commit of what is final already', (context) => {
    const { store } = storeIn(context);
    store.extend([BLOCK], DECIDED);
    store.putRecord(record(2));
    assert.deepEqual([store.commit(DECIDED), store.flush()], [[], true]);
    store.close();
  });

  test('keeps its undecided blocks, and so does the one before until it is there', (context) => {
    const { store } = storeIn(context);
    const named = [1, 2].map((view) => blockUpon(GENESIS, view, [`of view ${view}`]));
    const [before, after] = named.map(({ block }) =>
      record(Number(block.header.view), { high: certificateFor(block, 'prepare') }),
    );
    for (const { block, frontier } of named) store.putBlock(block, frontier);
    saveRecord(store, before ?? assert.fail());
    store.putRecord(after ?? assert.fail());
    for (let view = 3; view < STRAY_BLOCKS_MAX + 10; view++) {
      const { block, frontier } = blockUpon(GENESIS, view, [`stray ${view}`]);
      store.putBlock(block, frontier);
    }
    assert.deepEqual(
      named.map(({ block }) => store.headerOf(block.digest) !== undefined),
      [true, true],
    );
    store.close();
  });
});
