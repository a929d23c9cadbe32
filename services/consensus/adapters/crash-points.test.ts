import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, StatementSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import { toHeight, toView } from '#libs/chain/ids.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import {
  blockUpon,
  branchUpon,
  CHAIN_DIGEST,
  certificateFor,
  GENESIS,
  recordWith,
} from '#test/support/chain/chain-fixture.ts';
import { saveRecord } from '#test/support/chain/save-record.ts';
import { LongChain } from '#test/support/engine/snapshot-bench.ts';
import { recordIn } from '#test/support/hotstuff/sealed.ts';
import type { ChainStore } from './chain-store.ts';
import { openChainStore } from './open-chain-store.ts';

/** Within one transaction nothing more than the first statements is a point of its own: the log is written at its end. */
const STATEMENTS_IN_TRANSACTION_MAX = 3;

const root = mkdtempSync(join(tmpdir(), 'crash-points-'));
after(() => rmSync(root, { recursive: true }));

/** The results that a member had been told when its process was killed: all of them must be there afterwards. */
interface Told {
  height: bigint;
  view: bigint;
}

interface CrashPoint extends Told {
  readonly folder: string;
  readonly at: string;
}

/**
 * Runs work on a store, and keeps an image of the disk before and after every statement: exactly that outlives `kill
 * -9` at that moment.
 */
class CrashPoints {
  readonly points: CrashPoint[] = [];
  readonly told: Told = { height: 0n, view: 0n };
  readonly #folder: string;
  #inTransaction = 0;

  constructor(name: string) {
    this.#folder = join(root, name, 'live');
    mkdirSync(this.#folder, { recursive: true });
  }

  run(work: (store: ChainStore, told: Told) => void): void {
    const store = open(this.#folder);
    const restore = this.#listen();
    try {
      work(store, this.told);
    } finally {
      restore();
    }
    store.close();
  }

  /** SQLite is called through these two: they are put back afterwards. */
  #listen(): () => void {
    const { exec } = DatabaseSync.prototype;
    const { run } = StatementSync.prototype;
    const points = this;
    DatabaseSync.prototype.exec = function (sql) {
      points.#keep(`before ${sql}`);
      exec.call(this, sql);
      points.#inTransaction = 0;
      points.#keep(`after ${sql}`);
    };
    StatementSync.prototype.run = function (this: StatementSync, ...values: SQLInputValue[]) {
      points.#inTransaction += 1;
      if (points.#inTransaction <= STATEMENTS_IN_TRANSACTION_MAX) points.#keep(`before ${this.sourceSQL}`);
      return Reflect.apply(run, this, values);
    } as typeof run;
    return () => {
      DatabaseSync.prototype.exec = exec;
      StatementSync.prototype.run = run;
    };
  }

  #keep(at: string): void {
    const folder = join(this.#folder, '..', String(this.points.length));
    cpSync(this.#folder, folder, { recursive: true });
    this.points.push({ ...this.told, folder, at });
  }
}

function open(folder: string): ChainStore {
  return openChainStore({
    path: join(folder, 'chain.db'),
    genesis: GENESIS.block,
    chainDigest: CHAIN_DIGEST,
    protocol: HOTSTUFF,
    member: 'm0',
  });
}

/** Everything up to the tip is there, each block with its proof, but for the gap below a snapshot. */
function assertWhole(store: ChainStore, chain: readonly BlockWithFrontier[]): void {
  const gap = store.gap();
  for (const { block } of chain.slice(0, Number(store.tip().height))) {
    const { height } = block.header;
    const isInGap = gap !== undefined && height >= gap.from && height <= gap.to;
    assert.equal(store.blockAt(height)?.digest, isInGap ? undefined : block.digest);
    assert.equal(store.certifiedBlock(height) === undefined, isInGap);
    const [transaction] = block.transactions;
    assert.ok(transaction === undefined || store.isCommitted(transaction.hash));
  }
}

describe('a process that is killed at any write', () => {
  test('A.24 A.25 A.26 A.27 keeps the record of whatever it was about to say, every final block, and half of nothing', () => {
    const blocks = branchUpon(GENESIS, 9, 1);
    const crashes = new CrashPoints('votes');
    crashes.run((store, told) => {
      for (const each of blocks.slice(0, 3)) vote(store, told, each);
      store.extend(blocks.slice(3, 6), certificateFor(blocks[5]!.block));
      told.height = 6n;
      const stray = blockUpon(blocks[5]!, 40, ['of a view that failed']);
      store.putBlock(stray.block, stray.frontier);
      for (const each of blocks.slice(6, 8)) vote(store, told, each);
      store.checkpointWhenIdle();
    });
    assert.ok(crashes.points.length > 100, `${crashes.points.length} crash points`);
    for (const { folder, height, view, at } of crashes.points) {
      const store = open(folder);
      assert.ok(store.tip().height >= height, at);
      assertWhole(store, blocks);
      const record = recordIn(store.loadRecord());
      assert.ok((record?.view ?? 0n) >= view, at);
      assert.equal(store.recordState() === 'missing', false, at);
      if (record?.voted.commit !== undefined) assert.ok(store.headerOf(record.voted.commit.digest), at);
      // It goes on from there to the very end.
      const rest = blocks.slice(Number(store.tip().height));
      store.extend(rest, certificateFor(blocks[8]!.block));
      assert.equal(store.tip().digest, blocks[8]!.block.digest);
      store.close();
    }
  });

  test('A5-11 goes on with its snapshot, and with the history below it, from every write on the way', () => {
    const chain = new LongChain(10, 500);
    const { snapshots } = chain.store;
    const height = toHeight(10n);
    const snapshot = snapshots.snapshotAt(height) ?? assert.fail();
    const filled = (store: ChainStore): void => {
      for (let gap = store.gap(); gap !== undefined; gap = store.gap()) {
        const upTo = gap.from <= 5n ? 5 : 10;
        const branch = chain.blocks.slice(Number(gap.from) - 1, upTo);
        store.snapshots.fill(branch, chain.target(upTo));
      }
    };
    const taken = (store: ChainStore): void => {
      const own = store.snapshots;
      if (store.tip().height === 0n) {
        if (own.staged() === undefined) own.stage({ ...snapshot, others: [], certificate: chain.target() });
        for (const number of own.missingChunks())
          own.putChunk(number, snapshots.chunkAt(height, number) ?? assert.fail());
        own.install();
      }
      filled(store);
    };
    const crashes = new CrashPoints('snapshot');
    crashes.run((store, told) => {
      taken(store);
      told.height = 10n;
    });
    assert.ok(crashes.points.length > 40, `${crashes.points.length} crash points`);
    for (const { folder, at } of crashes.points) {
      const store = open(folder);
      assertWhole(store, chain.blocks);
      taken(store);
      assertWhole(store, chain.blocks);
      assert.equal(store.gap(), undefined, at);
      assert.deepEqual(store.tip().frontier, chain.store.tip().frontier);
      store.close();
    }
    chain.remove();
  });
});

/** Works as a replica does: holds the block, records the vote and sends it; then the block is decided, and the next view entered with it. */
function vote(store: ChainStore, told: Told, { block, frontier }: BlockWithFrontier): void {
  store.putBlock(block, frontier);
  const named = { height: block.header.height, digest: block.digest };
  const voted = { prepare: named, 'pre-commit': named, commit: named };
  const { view } = block.header;
  saveRecord(store, recordWith({ view: toView(view), voted, locked: certificateFor(block, 'pre-commit') }));
  told.view = view;
  const commit = certificateFor(block);
  const entered = toView(view + 1n);
  store.putRecord(recordWith({ view: entered, commit }));
  store.commit(commit);
  told.height = block.header.height;
  told.view = entered;
}
