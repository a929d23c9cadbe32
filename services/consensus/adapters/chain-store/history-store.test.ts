import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import type { Block } from '#libs/chain/block.ts';
import { type Height, toHeight } from '#libs/chain/ids.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { branchUpon, CHAIN_DIGEST, certificateFor, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { openChainStore } from '../open-chain-store.ts';

const HEIGHTS = 4;
const folder = mkdtempSync(join(tmpdir(), 'history-store-'));
after(() => rmSync(folder, { recursive: true }));
let count = 0;

/** A chain of four blocks, each with its certificate, in whose file this was changed. */
function hurt(sql: string) {
  const path = join(folder, `${count++}.db`);
  const open = () =>
    openChainStore({
      path,
      genesis: GENESIS.block,
      chainDigest: CHAIN_DIGEST,
      protocol: HOTSTUFF,
      member: 'm0',
    });
  const blocks: Block[] = [];
  const store = open();
  for (const { block, frontier } of branchUpon(GENESIS, HEIGHTS, 1)) {
    store.putBlock(block, frontier);
    store.commit(certificateFor(block));
    blocks.push(block);
  }
  store.close();
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
  const opened = open();
  const found: Height[] = [];
  opened.history.onDamaged((height) => found.push(height));
  const blockAt = (height: number) => blocks[height - 1]!;
  return { store: opened, found, blockAt };
}

const flipped = (column: string) =>
  `${column} = CAST(substr(${column}, 1, length(${column}) - 1) || x'ff' AS BLOB)`;
const ofBlock = (height: number) => `WHERE id = (SELECT block FROM final WHERE height = ${height})`;
const ofCertificate = (height: number) =>
  `WHERE digest = (SELECT certificate FROM final WHERE height = ${height})`;

describe('HistoryStore', () => {
  for (const [what, sql] of [
    ['certificate', `UPDATE certificate SET ${flipped('content')} ${ofCertificate(2)}`],
    ['header', `UPDATE block SET ${flipped('header')} ${ofBlock(2)}`],
    ['transactions', `UPDATE block SET ${flipped('transactions')} ${ofBlock(2)}`],
  ] as const) {
    test(`F-06: a flipped byte in the ${what} makes the block missing, and the others stay readable`, () => {
      const { store, found, blockAt } = hurt(sql);
      assert.equal(store.certifiedBlock(toHeight(2n)), undefined);
      assert.equal(store.certifiedBlock(toHeight(2n)), undefined);
      assert.deepEqual(found, [2n], 'it is told once');
      assert.deepEqual(store.history.damaged(), [2n]);
      assert.deepEqual(store.certifiedBlock(toHeight(1n))?.block, blockAt(1));
      assert.deepEqual(store.certifiedBlock(toHeight(3n))?.block, blockAt(3));
      assert.equal(store.tip().height, 4n);

      assert.equal(store.history.restore(blockAt(2), certificateFor(blockAt(2))), true);
      const whole = store.certifiedBlock(toHeight(2n));
      assert.deepEqual(whole, {
        block: blockAt(2),
        certificate: certificateFor(blockAt(2)),
        descendants: [],
      });
      assert.deepEqual(store.history.damaged(), []);
      store.close();
    });
  }

  for (const [what, sql] of [
    ['state tree', `UPDATE block SET ${flipped('frontier')} ${ofBlock(2)}`],
    ['place of a transaction', 'UPDATE final_transaction SET position = 7 WHERE height = 2 AND position = 0'],
  ] as const) {
    test(`F-06: the check in the background finds a damaged ${what}, and what is put back is sound`, () => {
      const { store, found, blockAt } = hurt(sql);
      const { from, to } = store.history.checkable()!;
      assert.deepEqual([from, to], [1n, 4n]);
      for (let height = from; height <= to; height = toHeight(height + 1n)) store.history.check(height);
      assert.deepEqual(found, [2n]);
      assert.equal(store.history.restore(blockAt(2), certificateFor(blockAt(2))), true);
      for (let height = from; height <= to; height = toHeight(height + 1n)) store.history.check(height);
      assert.deepEqual(found, [2n]);
      const [transaction] = blockAt(2).transactions;
      if (transaction !== undefined) {
        assert.deepEqual(store.transaction(transaction.hash)?.transaction, transaction);
      }
      store.close();
    });
  }

  test('F-06: a block that no member has a certificate of its own for is proved by the one above', () => {
    const { store, blockAt } = hurt(`UPDATE certificate SET ${flipped('content')} ${ofCertificate(2)}`);
    assert.equal(store.certifiedBlock(toHeight(2n)), undefined);
    store.history.restore(blockAt(2), undefined);
    assert.deepEqual(store.certifiedBlock(toHeight(2n))?.descendants, [blockAt(3).header]);
    store.close();
  });

  test('F-06: a certified block that is not the one of the chain is a fork', () => {
    const { store } = hurt(`UPDATE block SET ${flipped('transactions')} ${ofBlock(2)}`);
    const [, other] = branchUpon(GENESIS, 2, 50);
    assert.throws(() => store.history.restore(other!.block, certificateFor(other!.block)), {
      detail: {
        code: 'CHAIN_FORK',
        height: 2n,
        final: store.headerOf(store.blockAt(toHeight(3n))!.digest)!.parent,
        certified: other!.block.digest,
      },
    });
    store.close();
  });

  test('F-06: a certificate that cannot be read gives way to the one below, for members that catch up', () => {
    const { store, blockAt } = hurt(`UPDATE certificate SET ${flipped('content')} ${ofCertificate(3)}`);
    const certificate = store.certificateWithin({ from: toHeight(1n), to: toHeight(3n) });
    assert.equal(certificate?.digest, blockAt(2).digest);
    store.close();
  });

  test('F-06: a transaction that is said to stand where another is is not given out', () => {
    const { store, found, blockAt } = hurt('UPDATE final_transaction SET height = 1 WHERE height = 2');
    assert.equal(store.transaction(blockAt(2).transactions[0]!.hash), undefined);
    assert.deepEqual(found, [1n]);
    store.close();
  });

  test('F-06: a block that SQLite cannot write over stays missing, and nothing else fails', () => {
    const { store, found, blockAt } = hurt('DELETE FROM final WHERE height = 2');
    store.history.check(toHeight(2n));
    assert.equal(store.history.restore(blockAt(2), certificateFor(blockAt(2))), false);
    assert.deepEqual(store.history.damaged(), [2n]);
    assert.ok(found.length > 0);
    assert.ok(store.certifiedBlock(toHeight(3n)));
    store.close();
  });
});
