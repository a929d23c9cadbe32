import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { toView } from '#libs/chain/ids.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import {
  branchUpon,
  CHAIN_DIGEST,
  certificateFor,
  GENESIS,
  recordWith,
} from '#test/support/chain/chain-fixture.ts';
import { saveRecord } from '#test/support/chain/save-record.ts';
import { recordIn } from '#test/support/hotstuff/sealed.ts';
import { openChainStore } from './open-chain-store.ts';

/** Compares without a printed difference, which takes minutes: a certificate is 50 kB. */
function assertSame(actual: unknown, expected: unknown): void {
  assert.ok(isDeepStrictEqual(actual, expected));
}

test('F-60: HS-46 the store gives a block by digest and by height, its commit certificate, the view, and the newest certificate of each phase', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'stored-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'chain.db');
  const open = () =>
    openChainStore({
      path,
      genesis: GENESIS.block,
      chainDigest: CHAIN_DIGEST,
      protocol: HOTSTUFF,
      member: 'm0',
    });
  const blocks = branchUpon(GENESIS, 3, 1);
  const before = open();
  for (const { block, frontier } of blocks) before.putBlock(block, frontier);
  const [first, second, third] = blocks.map(({ block }) => block);
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  before.commit(certificateFor(first));
  before.commit(certificateFor(second));
  const newest = {
    high: certificateFor(third, 'prepare'),
    locked: certificateFor(third, 'pre-commit'),
    commit: certificateFor(second, 'commit'),
  };
  saveRecord(before, recordWith({ view: toView(7n), ...newest }));
  before.close();
  const store = open();
  for (const block of [first, second]) {
    assert.deepEqual(store.blockOf(block.digest), block);
    assert.deepEqual(store.blockAt(block.header.height), block);
    assertSame(store.certifiedBlock(block.header.height)?.certificate, certificateFor(block));
  }
  assert.deepEqual(store.blockOf(third.digest), third);
  assert.equal(store.blockAt(third.header.height), undefined, 'it is not final');
  const record = recordIn(store.loadRecord());
  assert.equal(record?.view, 7n);
  assertSame({ high: record.high, locked: record.locked, commit: record.commit }, newest);
  store.close();
});
