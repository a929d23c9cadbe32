import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import { toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import type { CertificateRule } from '#libs/chain/kept-certificates.ts';
import { rangeFault } from '#libs/engine/blocks/range-check.ts';
import type { BlockRange } from '#libs/engine/ports/block-range.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { BlockServer } from '#libs/engine/sync/block-server.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import {
  branchUpon,
  CHAIN_DIGEST,
  certificateFor,
  GENESIS,
  recordWith,
  SMALL_RULE,
} from '#test/support/chain/chain-fixture.ts';
import { saveRecord } from '#test/support/chain/save-record.ts';
import { LongChain } from '#test/support/engine/snapshot-bench.ts';
import { setOf } from '#test/support/hotstuff/hotstuff-harness.ts';
import type { ChainStore } from '../chain-store.ts';
import { openChainStore } from '../open-chain-store.ts';
import { PRUNED_PER_COMMIT_MAX, PRUNED_WHEN_IDLE_MAX } from './limits.ts';

const RULE = SMALL_RULE;
const ALL: CertificateRule = { newest: 1_000, every: 1 };
const BLOCKS = branchUpon(GENESIS, 60, 1);
const folder = mkdtempSync(join(tmpdir(), 'certificate-pruner-'));
after(() => rmSync(folder, { recursive: true }));
let count = 0;

const newPath = (): string => join(folder, `${count++}.db`);
const open = (path: string, rule = RULE): ChainStore =>
  openChainStore({
    ...{ path, rule, genesis: GENESIS.block, chainDigest: CHAIN_DIGEST, protocol: HOTSTUFF, member: 'm0' },
  });

/** Makes these heights final, one by one. */
function commit(store: ChainStore, from: number, to: number): void {
  for (const { block, frontier } of BLOCKS.slice(from - 1, to)) {
    store.putBlock(block, frontier);
    store.commit(certificateFor(block));
  }
}

/** A closed chain of this many heights that kept all its certificates: one of before the rule. */
function oldChain(heights: number): string {
  const path = newPath();
  const store = open(path, ALL);
  commit(store, 1, heights);
  store.close();
  return path;
}

function change(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

/** Reads one column of a database that is closed. */
function column(path: string, sql: string): readonly number[] {
  const db = new DatabaseSync(path);
  const rows = db.prepare(sql).all();
  db.close();
  return rows.map((row) => Number(Object.values(row)[0]));
}

const keptIn = (store: ChainStore): readonly number[] =>
  Array.from({ length: Number(store.tip().height) + 1 }, (_, height) => height).filter((height) => {
    const at = toHeight(BigInt(height));
    return store.certificateWithin({ from: at, to: at }) !== undefined;
  });
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

/** Every height is proved by the next certificate that is there, through the headers between. */
function assertProved(store: ChainStore, blocks: readonly BlockWithFrontier[] = BLOCKS): void {
  const kept = keptIn(store);
  for (let height = 1; height <= Number(store.tip().height); height++) {
    const proof = store.certifiedBlock(toHeight(BigInt(height))) ?? assert.fail(`height ${height}`);
    const by = kept.find((each) => each >= height) ?? assert.fail();
    assert.equal(proof.block.digest, blocks[height - 1]?.block.digest);
    assert.deepEqual(proof.certificate, certificateFor(blocks[by - 1]?.block ?? assert.fail()));
    assert.deepEqual(
      proof.descendants,
      blocks.slice(height, by).map(({ block }) => block.header),
    );
  }
}

describe('certificates of old heights', () => {
  test('go as the tip moves on, and their blocks stay proved', () => {
    const path = newPath();
    const store = open(path);
    commit(store, 1, 35);
    assert.deepEqual(keptIn(store), [0, 10, 20, ...range(26, 35)]);
    assertProved(store);
    store.close();
    assert.deepEqual(column(path, 'SELECT count(*) FROM certificate'), [13], 'their rows are gone');
    const again = open(path);
    assertProved(again);
    again.close();
  });

  test('go with ranges of a catch-up as with commits', () => {
    const store = open(newPath());
    for (let from = 0; from < 60; from += 4) {
      const branch = BLOCKS.slice(from, from + 4);
      store.extend(branch, certificateFor(branch.at(-1)?.block ?? assert.fail()));
    }
    // Of each ten the highest that has one, and 28, without which the way from 21 would be longer than ten.
    assert.deepEqual(keptIn(store), [0, 8, 16, 20, 28, 36, 40, 48, 52, 56, 60]);
    assertProved(store);
    store.close();
  });

  test('go from a chain of an older version in steps, with commits and at rest', () => {
    const path = oldChain(50);
    const store = open(path);
    assert.equal(keptIn(store).length, 51, 'a start waits for nothing');
    commit(store, 51, 51);
    assert.ok(keptIn(store).length >= 52 - PRUNED_PER_COMMIT_MAX);
    const before = keptIn(store).length;
    store.checkpointWhenIdle();
    const gone = before - keptIn(store).length;
    assert.ok(gone > 0 && gone <= PRUNED_WHEN_IDLE_MAX, `${gone} at once`);
    assertProved(store);
    for (let step = 0; step < 10; step++) store.checkpointWhenIdle();
    assert.deepEqual(keptIn(store), [0, 10, 20, 30, 40, ...range(42, 51)]);
    assertProved(store);
    store.close();
  });

  test('go once: later steps do not look at what is kept', () => {
    const path = newPath();
    const store = open(path);
    commit(store, 1, 40);
    store.close();
    assert.deepEqual(column(path, 'SELECT certificates_pruned_to FROM chain'), [30]);
  });

  test('stay while the safety record names them, and go with it', () => {
    const path = newPath();
    const store = open(path);
    commit(store, 1, 3);
    saveRecord(store, recordWith({ commit: store.tip().certificate }));
    commit(store, 4, 40);
    assert.deepEqual(store.loadRecord()?.write, store.loadRecord()?.write);
    store.close();
    const digests = 'SELECT count(*) FROM certificate';
    // Heights 0, 10, 20, 30 and 31 to 40, and the two of the record: genesis prepared, height 3 committed.
    assert.deepEqual(column(path, digests), [16]);
    const again = open(path);
    assert.ok(again.loadRecord() !== undefined, 'the record can be read');
    assert.deepEqual(keptIn(again), [0, 10, 20, 30, ...range(31, 40)]);
    saveRecord(again, recordWith({ commit: again.tip().certificate }));
    again.close();
    assert.deepEqual(
      column(path, digests),
      [15],
      'only genesis prepared is named beside those of final blocks',
    );
  });

  test('are not taken again with a block that is put back', () => {
    const path = newPath();
    const first = open(path);
    commit(first, 1, 40);
    first.close();
    change(path, "UPDATE block SET header = x'00' WHERE id = (SELECT block FROM final WHERE height = 15)");
    const store = open(path);
    const { block } = BLOCKS[14] ?? assert.fail();
    assert.equal(store.certifiedBlock(toHeight(15n)), undefined);
    assert.equal(
      store.certifiedBlock(toHeight(13n)),
      undefined,
      'its way to the certificate of 20 is broken',
    );
    // A peer that has not dropped it gives its own.
    assert.equal(store.history.restore(block, certificateFor(block)), true);
    assert.deepEqual(keptIn(store), [0, 10, 20, ...range(30, 40)]);
    assertProved(store);
    store.close();
  });

  test('are not needed to put a block back from a member that has dropped its certificate too', () => {
    const [path, served] = [newPath(), open(newPath())];
    const first = open(path);
    for (const each of [first, served]) commit(each, 1, 40);
    first.close();
    change(
      path,
      "UPDATE block SET transactions = x'00' WHERE id = (SELECT block FROM final WHERE height = 15)",
    );
    const store = open(path);
    assert.equal(store.blockAt(toHeight(15n)), undefined);
    const sent: BlockRange[] = [];
    const peers = {
      connected: () => [],
      send: (_: unknown, body: PeerMessageBody) => {
        if (body.kind === 'blocks-response' && body.range !== undefined) sent.push(body.range);
      },
    };
    const height = toHeight(15n);
    const request = { kind: 'blocks-request', requestId: 1n, from: height, to: height } as const;
    new BlockServer(served, peers, { nowMs: () => 0, after: () => () => {} }).answer(
      request,
      toMemberIndex(1),
    );
    const [range = assert.fail()] = sent;
    assert.equal(range.descendants.length, 5);
    const deciders = { set: setOf(4), root: genesisRoot(GENESIS.block.digest), table: HOTSTUFF_TABLE };
    assert.equal(rangeFault(range, request, deciders), undefined);
    const torn = { ...range, descendants: range.descendants.toSpliced(1, 1) };
    assert.equal(rangeFault(torn, request, deciders), 'block of another height');
    assert.equal(store.history.restore(range.blocks[0] ?? assert.fail(), undefined), true);
    assertProved(store);
    for (const each of [store, served]) each.close();
  });

  test('are put back where they are kept', () => {
    const path = newPath();
    const first = open(path);
    commit(first, 1, 40);
    first.close();
    change(
      path,
      "UPDATE certificate SET content = x'00' WHERE digest = (SELECT certificate FROM final WHERE height = 20)",
    );
    const store = open(path);
    const { block } = BLOCKS[19] ?? assert.fail();
    assert.equal(store.certifiedBlock(toHeight(15n)), undefined);
    assert.deepEqual(store.history.damaged(), [20n], 'the height with the certificate is to be fetched');
    assert.equal(store.history.restore(block, certificateFor(block)), true);
    assertProved(store);
    store.close();
  });
});

describe('damage of history', () => {
  for (const [what, sql] of [
    ['a header', "UPDATE block SET header = x'00' WHERE id = (SELECT block FROM final WHERE height = 3)"],
    [
      'the header above',
      "UPDATE block SET header = x'00' WHERE id = (SELECT block FROM final WHERE height = 4)",
    ],
    [
      'a row',
      'PRAGMA foreign_keys = OFF; DELETE FROM certificate WHERE digest = (SELECT certificate FROM final WHERE height = 3)',
    ],
  ] as const) {
    test(`stops no commit that would drop a certificate: ${what}`, () => {
      const path = oldChain(12);
      change(path, sql);
      const store = open(path);
      commit(store, 13, 40);
      assert.equal(store.tip().height, 40n);
      assert.ok(keptIn(store).length < 20);
      store.close();
      const named = 'SELECT count(*) FROM final WHERE height = 3 AND certificate IS NOT NULL';
      const isJudged = what === 'the header above';
      assert.deepEqual(column(path, named), [isJudged ? 0 : 1], 'what cannot be read is left to the repair');
    });
  }
});

describe('a gap below a snapshot', () => {
  const long = new LongChain(40, 1);
  after(() => long.remove());
  const certificateAt = (height: number) => certificateFor(long.blocks[height - 1]?.block ?? assert.fail());

  /** A member that had eight blocks, took a snapshot of height 15, and went on to 40. */
  function gapped(): { readonly path: string; readonly store: ChainStore } {
    const path = newPath();
    const store = open(path);
    store.extend(long.blocks.slice(0, 8), certificateAt(8));
    const base = toHeight(15n);
    const given = long.store.snapshots;
    const snapshot = given.snapshotAt(base) ?? assert.fail();
    store.snapshots.stage({ ...snapshot, others: [], certificate: certificateAt(15) });
    for (const number of store.snapshots.missingChunks()) {
      store.snapshots.putChunk(number, given.chunkAt(base, number) ?? assert.fail());
    }
    store.snapshots.install();
    for (const [at, each] of long.blocks.slice(15).entries()) store.extend([each], certificateAt(16 + at));
    return { path, store };
  }

  test('keeps the certificate of its base, to which history leads, and those above go', () => {
    const { store } = gapped();
    store.checkpointWhenIdle();
    assert.equal(store.snapshots.history()?.base.height, 15n);
    assert.deepEqual(keptIn(store), [0, 8, 15, 20, 30, ...range(31, 40)]);
    store.close();
  });

  test('is filled, and then what is below goes too', () => {
    const { store } = gapped();
    for (let height = 9; height <= 15; height++) {
      store.snapshots.fill(long.blocks.slice(height - 1, height), certificateAt(height));
    }
    assert.equal(store.gap(), undefined);
    for (let step = 0; step < 4; step++) store.checkpointWhenIdle();
    assert.deepEqual(keptIn(store), [0, 10, 20, 30, ...range(31, 40)]);
    assertProved(store, long.blocks);
    store.close();
  });

  test('of a database of before is where pruning begins', () => {
    const { path, store } = gapped();
    store.close();
    change(path, 'ALTER TABLE chain DROP COLUMN certificates_pruned_to; PRAGMA user_version = 8');
    const again = open(path);
    for (let step = 0; step < 4; step++) again.checkpointWhenIdle();
    assert.equal(again.snapshots.history()?.base.height, 15n);
    again.close();
    assert.deepEqual(column(path, 'SELECT certificates_pruned_to FROM chain'), [30]);
  });
});
