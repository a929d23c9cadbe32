import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { type ApplicationRules, LOG_RULES } from '#libs/chain/application-rules.ts';
import { toHeight } from '#libs/chain/ids.ts';
import { CHUNK_TRANSACTIONS, chunkCount } from '#libs/chain/state-chunks.ts';
import {
  type BenchPeer,
  heightOf,
  honest,
  LongChain,
  SnapshotBench,
  silent,
} from '#test/support/engine/snapshot-bench.ts';
import { SNAPSHOT_STALL_MS } from './snapshot-limits.ts';

/** Five chunks and a short one. */
const CHAIN = new LongChain(44, 500);
const CHUNKS = chunkCount(CHAIN.store.tip().frontier.size);
after(() => CHAIN.remove());

const benches: SnapshotBench[] = [];
afterEach(() => {
  for (const bench of benches.splice(0)) bench.remove();
});

function benchOf(peers: readonly BenchPeer[], snapshotBlocks = 10): SnapshotBench {
  const bench = new SnapshotBench({ chain: CHAIN, peers, snapshotBlocks });
  benches.push(bench);
  return bench;
}

const asked = (bench: SnapshotBench, kind: string) => bench.asked.filter((each) => each.kind === kind);

describe('a member that is far behind', () => {
  test('A5-11 takes the state as of a proved decision first, and the blocks below it afterwards', () => {
    const bench = benchOf([honest, honest, honest]);
    bench.catchUp.seek(CHAIN.target());
    assert.ok(bench.until(() => bench.height === 44));
    assert.equal(asked(bench, 'blocks-request').length, 0, 'no block was needed to get there');
    assert.equal(bench.taken, 1);
    assert.deepEqual(bench.store.gap(), { from: 1n, to: 43n });
    assert.deepEqual(bench.store.tip().frontier, CHAIN.store.tip().frontier);
    assert.ok(bench.until(() => bench.store.gap() === undefined));
    bench.assertWhole();
    assert.deepEqual(bench.lies, []);
    assert.equal(asked(bench, 'chunk-request').length, CHUNKS, 'each chunk came once');
  });

  test('stops with the reason where it cannot follow the members after the snapshot, and no peer is to blame', () => {
    const broken = new Error('final block 44: a change that this version has no rule for');
    const mayLeap = () => {
      throw broken;
    };
    const bench = new SnapshotBench({ chain: CHAIN, peers: [honest, honest], mayLeap });
    benches.push(bench);
    bench.catchUp.seek(CHAIN.target());
    assert.ok(bench.until(() => bench.broken.length > 0));
    bench.pass(60_000);
    assert.deepEqual([bench.broken, bench.lies, bench.taken], [[broken], [], 0]);
    assert.equal(asked(bench, 'snapshot-request').length, 1, 'nobody is asked again');
  });

  test('knows every transaction of the state at once, and where it is when its block came', () => {
    const bench = benchOf([honest]);
    bench.catchUp.seek(CHAIN.target());
    assert.ok(bench.until(() => bench.height === 44));
    const hashes = [0, 20, 43].map((at) => CHAIN.blocks[at]!.block.transactions[7]!.hash);
    for (const hash of hashes) {
      assert.ok(bench.store.isCommitted(hash));
      assert.equal(bench.store.positionOf(hash), undefined);
      assert.equal(bench.store.transaction(hash), undefined);
    }
    assert.ok(bench.until(() => bench.store.gap() === undefined));
    for (const [at, hash] of hashes.entries()) {
      assert.deepEqual(bench.store.positionOf(hash), { height: heightOf([1, 21, 44][at]!), index: 7 });
      assert.deepEqual(bench.store.transaction(hash), CHAIN.store.transaction(hash));
    }
  });

  test('asks several peers for chunks at a time', () => {
    const bench = benchOf([honest, honest, honest]);
    bench.catchUp.seek(CHAIN.target());
    bench.until(() => bench.height === 44);
    const peers = new Set(asked(bench, 'chunk-request').map(({ peer }) => peer));
    assert.equal(peers.size, 3);
  });

  test('takes blocks when it is nearer than the threshold', () => {
    const bench = benchOf([honest], 45);
    bench.catchUp.seek(CHAIN.target());
    assert.ok(bench.until(() => bench.height === 44));
    assert.equal(asked(bench, 'snapshot-request').length, 0);
    bench.assertWhole();
  });

  test('goes on by blocks to a decision that came meanwhile', () => {
    const bench = benchOf([honest, honest]);
    bench.catchUp.seek(CHAIN.target(30));
    bench.catchUp.seek(CHAIN.target(44));
    assert.ok(bench.until(() => bench.height === 44));
    assert.deepEqual(bench.store.gap(), { from: 1n, to: 29n });
    assert.ok(bench.until(() => bench.store.gap() === undefined));
    bench.assertWhole();
  });

  test('uses the chunks that it has of its own chain', () => {
    const bench = benchOf([honest], 11);
    bench.catchUp.seek(CHAIN.target(10));
    assert.ok(bench.until(() => bench.height === 10));
    bench.catchUp.seek(CHAIN.target());
    assert.ok(bench.until(() => bench.height === 44));
    const own = Math.floor((10 * 500) / CHUNK_TRANSACTIONS);
    const numbers = new Set(asked(bench, 'chunk-request').map(({ number }) => number));
    assert.deepEqual(bench.store.gap(), { from: 11n, to: 43n });
    // The chunks that prove the outline are asked for in any case: here chunk 0 too.
    assert.ok(numbers.size <= CHUNKS && own === 1);
    assert.ok(bench.until(() => bench.store.gap() === undefined));
    bench.assertWhole();
  });

  test('tells how much of it is here, and how long the rest may take', () => {
    const bench = benchOf([{ ...honest, delayMs: 400 }]);
    bench.catchUp.seek(CHAIN.target());
    assert.deepEqual(bench.catchUp.status().snapshot, { chunks: 0, chunksTotal: 0, remainingMs: undefined });
    assert.ok(bench.until(() => (bench.catchUp.status().snapshot?.chunks ?? 0) > 3));
    const { snapshot, targetHeight, remainingMs } = bench.catchUp.status();
    assert.equal(snapshot?.chunksTotal, CHUNKS);
    assert.equal(targetHeight, 44n);
    assert.ok(remainingMs !== undefined && remainingMs > 0 && remainingMs < 10_000);
    assert.ok(bench.until(() => bench.height === 44));
    assert.equal(bench.catchUp.status().snapshot, undefined);
    assert.equal(bench.catchUp.status().targetHeight, undefined);
  });

  test('falls back to blocks when nobody has a snapshot', () => {
    const blocksOnly: BenchPeer = {
      behaviour: (request, truth) =>
        request.kind === 'snapshot-request'
          ? { kind: 'snapshot-response', requestId: request.requestId, snapshot: undefined }
          : truth(),
    };
    const silentAboutIt: BenchPeer = {
      behaviour: (request, truth) => (request.kind === 'snapshot-request' ? undefined : truth()),
    };
    const bench = benchOf([blocksOnly, silentAboutIt, blocksOnly]);
    bench.catchUp.seek(CHAIN.target());
    // This comes long before it would give up a snapshot that was begun, because most said that there is none.
    assert.ok(bench.until(() => bench.height === 44, SNAPSHOT_STALL_MS / 4));
    assert.equal(bench.taken, 0);
    bench.assertWhole();
  });

  test('waits as long as nobody is connected', () => {
    const bench = benchOf([]);
    bench.catchUp.seek(CHAIN.target());
    bench.pass(300_000);
    assert.ok(bench.catchUp.status().snapshot !== undefined, 'it has not given up');
  });
});

describe('a member that is killed while it takes a snapshot', () => {
  test('A5-11 keeps every verified chunk, whenever that is, and asks only for the others', () => {
    for (const moment of [1, 3, 4, CHUNKS]) {
      const bench = benchOf([{ ...honest, delayMs: 50 }]);
      bench.catchUp.seek(CHAIN.target());
      assert.ok(bench.until(() => bench.store.snapshots.staged() !== undefined));
      bench.until(
        () =>
          bench.store.snapshots.staged() === undefined ||
          bench.store.snapshots.missingChunks().length <= CHUNKS - moment,
      );
      const isTaken = bench.store.snapshots.staged() === undefined;
      const missing = isTaken ? [] : bench.store.snapshots.missingChunks();
      bench.restart();
      bench.asked.length = 0;
      bench.catchUp.seek(CHAIN.target());
      assert.ok(bench.until(() => bench.height === 44));
      assert.deepEqual(
        asked(bench, 'chunk-request').map(({ number }) => number),
        missing,
      );
      assert.deepEqual(bench.store.tip().frontier, CHAIN.store.tip().frontier);
      const last = CHAIN.blocks[43]!.block.transactions[499]!;
      for (const transaction of [CHAIN.blocks[0]!.block.transactions[0]!, last])
        assert.ok(bench.store.isCommitted(transaction.hash));
    }
  });

  test('goes on with the same snapshot when the federation has gone on', () => {
    const bench = benchOf([{ ...honest, delayMs: 50 }]);
    bench.catchUp.seek(CHAIN.target(30));
    assert.ok(bench.until(() => bench.store.snapshots.staged() !== undefined));
    bench.restart();
    bench.catchUp.seek(CHAIN.target(44));
    assert.ok(bench.until(() => bench.height === 44));
    assert.deepEqual(bench.store.gap(), { from: 1n, to: 29n });
  });

  test('gives up a snapshot that the chain has passed', () => {
    const bench = benchOf([{ ...honest, delayMs: 50 }], 20);
    bench.catchUp.seek(CHAIN.target(24));
    assert.ok(bench.until(() => bench.store.snapshots.staged() !== undefined));
    bench.restart();
    const branch = CHAIN.blocks.slice(0, 32);
    bench.store.extend(branch, CHAIN.target(32));
    bench.catchUp.seek(CHAIN.target(44));
    assert.ok(bench.until(() => bench.height === 44));
    assert.equal(bench.taken, 0);
    bench.assertWhole();
  });

  test('fills the gap after a restart in the middle of it', () => {
    const bench = benchOf([{ ...honest, delayMs: 50 }]);
    bench.catchUp.seek(CHAIN.target());
    assert.ok(bench.until(() => bench.height === 44));
    assert.ok(bench.until(() => (bench.store.gap()?.from ?? 0n) > 9n));
    bench.restart();
    assert.ok((bench.store.gap()?.from ?? 0n) > 9n, 'what was filled is kept');
    assert.ok(bench.until(() => bench.store.gap() === undefined));
    bench.assertWhole();
  });
});

test('a disk that refuses a snapshot ends the member, not the message that brought it, also when the state is empty', () => {
  for (const transactions of [0, 1]) {
    const chain = new LongChain(12, transactions);
    const bench = new SnapshotBench({ chain, peers: [honest], snapshotBlocks: 10 });
    benches.push(bench);
    bench.store.snapshots.stage = () => {
      throw new Error('no room');
    };
    bench.catchUp.seek(chain.target());
    assert.ok(bench.until(() => bench.broken.length > 0));
    assert.match(String(bench.broken[0]), /no room/);
    chain.remove();
  }
});

/** A rule of an application that has nothing against repeats, and something against a transaction of block 7. */
const BARRING: ApplicationRules = {
  ...LOG_RULES,
  repeatsUpon: () => ({
    faultOf: (transactions) =>
      transactions.some(({ bytes }) => `${Buffer.from(bytes)}` === '7 3') ? 'barred here' : undefined,
  }),
};

for (const [way, snapshotBlocks] of [
  ['by ranges', 100],
  ['below a snapshot', 10],
] as const) {
  test(`blocks that come ${way} are judged by the rule of the application about repeats`, () => {
    const bench = new SnapshotBench({ chain: CHAIN, peers: [honest], snapshotBlocks, application: BARRING });
    benches.push(bench);
    bench.catchUp.seek(CHAIN.target());
    assert.ok(bench.until(() => bench.broken.length > 0));
    assert.match(String(bench.broken[0]), /barred here/);
  });
}

describe('a member whose history has a gap', () => {
  test('goes on with the chain, and serves what it has', () => {
    const bench = benchOf([honest], 10);
    bench.catchUp.seek(CHAIN.target(24));
    assert.ok(bench.until(() => bench.height === 24));
    assert.ok(bench.store.gap() !== undefined);
    bench.catchUp.seek(CHAIN.target(40));
    assert.ok(bench.until(() => bench.height === 40));
    assert.ok(bench.store.gap() !== undefined, 'the blocks above came first');
    assert.equal(bench.taken, 1, 'a second snapshot waits until the gap is filled');
    assert.deepEqual(
      bench.store.snapshots.snapshotAt(heightOf(40)),
      CHAIN.store.snapshots.snapshotAt(heightOf(40)),
    );
    assert.equal(bench.store.snapshots.snapshotAt(heightOf(12)), undefined);
    assert.equal(bench.store.snapshots.snapshotAt(toHeight(2n ** 64n - 1n)), undefined);
    assert.equal(bench.store.certifiedBlock(heightOf(12)), undefined);
    assert.ok(bench.until(() => bench.store.gap() === undefined));
    bench.catchUp.seek(CHAIN.target(44));
    assert.ok(bench.until(() => bench.height === 44));
    bench.assertWhole();
  });

  test('tells of the block of the snapshot, and of the blocks that come later, each once', () => {
    const bench = benchOf([honest, silent]);
    bench.catchUp.seek(CHAIN.target());
    assert.ok(bench.until(() => bench.height === 44 && bench.store.gap() === undefined));
    const told = bench.held.map(({ header }) => header.height);
    assert.equal(told[0], 44n);
    assert.deepEqual(
      told.slice(1).toSorted((a, b) => Number(a - b)),
      CHAIN.blocks.map(({ block }) => block.header.height),
    );
  });
});
