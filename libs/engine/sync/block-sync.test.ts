import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sealBlock } from '#libs/chain/block.ts';
import { toDigest } from '#libs/chain/ids.ts';
import { CERTIFICATE_RULE } from '#libs/chain/kept-certificates.ts';
import {
  type Behaviour,
  certify,
  chainOf,
  heightOf,
  honest,
  SyncBench,
  targetOf,
} from '#test/support/engine/sync-bench.ts';
import {
  assertCertified,
  assertSame,
  benchWith,
  CHAIN,
  good,
  OTHER,
  silent,
} from '#test/support/engine/sync-lies.ts';
import { RANGE_BLOCKS_MAX } from '../ports/range-limits.ts';
import { RANGES_MAX, REQUESTS_PER_PEER_MAX } from './sync-limits.ts';

const SIZES = [4_500_000, 1_500_000, 10, 3_000_000, 20];

describe('catching up', () => {
  test('HS-33 brings a member to the proved height, in few batches and with few signatures', () => {
    const bench = benchWith(good, good, good);
    assert.ok(bench.untilHeight(1_000, 5_000));
    assertSame(bench);
    assertCertified(bench, CHAIN);
    assert.equal(bench.sync.progress(), undefined);
    assert.equal(bench.batches.length, 1_000 / CERTIFICATE_RULE.every);
    assert.equal(bench.verifications.length, bench.batches.length, 'one certificate for each range');
  });

  test('HS-54 asks several peers at once, each for its own part', () => {
    const bench = benchWith(good, good, good);
    const first = bench.asked.slice();
    assert.deepEqual(
      first.map(({ peer }) => peer),
      [1, 2, 3],
    );
    assert.deepEqual(
      first.map(({ from, to }) => [from, to]),
      [
        [1n, 100n],
        [101n, 200n],
        [201n, 300n],
      ],
    );
  });

  test('takes one certificate for each hundred blocks of peers that keep no other', () => {
    const bench = benchWith(good, good, good);
    assert.equal(CHAIN.certificateWithin({ from: heightOf(1), to: heightOf(99) }), undefined);
    assert.ok(bench.untilHeight(1_000, 5_000));
    assert.ok(bench.asked.every(({ from, to }) => to % 100n === 0n && from % 100n === 1n));
    const own = CHAIN.final.filter(
      ({ header }) => bench.chain.certificateWithin({ from: header.height, to: header.height }) !== undefined,
    );
    assert.deepEqual(
      own.map(({ header }) => header.height),
      Array.from({ length: 11 }, (_, at) => BigInt(at * 100)),
    );
  });

  test('takes and proves ranges of peers of before, which keep a certificate for each 128th block alone', () => {
    const old = chainOf({ blocks: 1_000, isCertified: (height) => height % 128 === 0 });
    const bench = new SyncBench([{ behaviour: honest(old) }, { behaviour: honest(old) }]);
    bench.sync.seek(targetOf(old));
    assert.ok(bench.untilHeight(1_000, 10_000));
    assertSame(bench, old);
    assertCertified(bench, old);
    assert.deepEqual(bench.lies, []);
  });

  test('asks for nothing without a proved target, and for nothing above it', () => {
    const idle = new SyncBench([good]);
    idle.pass(10_000);
    assert.deepEqual(idle.asked, []);
    const bench = new SyncBench([good, good]);
    bench.sync.seek(CHAIN.certifiedBlock(heightOf(300))?.certificate ?? assert.fail());
    assert.ok(bench.untilHeight(300, 5_000));
    bench.pass(10_000);
    assert.equal(bench.height, 300);
    assert.ok(bench.asked.every(({ to }) => to <= 300n));
  });

  test('goes on to a higher target that comes meanwhile, and never back to a lower one', () => {
    const bench = new SyncBench([good]);
    const at = (height: number) => CHAIN.certifiedBlock(heightOf(height))?.certificate ?? assert.fail();
    bench.sync.seek(at(200));
    bench.sync.seek(at(100));
    assert.equal(bench.sync.progress()?.targetHeight, 200n);
    bench.sync.seek(at(700));
    assert.ok(bench.untilHeight(700, 5_000));
    bench.sync.seek(at(600));
    assert.equal(bench.sync.progress(), undefined);
  });

  test('estimates the time that is left once the first blocks came', () => {
    const bench = benchWith({ ...good, delayMs: 400 });
    assert.deepEqual(bench.sync.progress(), { targetHeight: 1_000n, remainingMs: undefined });
    const tookMs = bench.untilHeight(500, 60_000) ?? assert.fail();
    const { remainingMs } = bench.sync.progress() ?? assert.fail();
    assert.ok(remainingMs !== undefined && remainingMs > tookMs / 3 && remainingMs < tookMs * 3);
  });

  test('serves and takes blocks that were decided together with later ones', () => {
    const sparse = chainOf({ blocks: 1_000, isCertified: (height) => height % 150 === 0 });
    const bench = new SyncBench([{ behaviour: honest(sparse) }, { behaviour: honest(sparse) }]);
    bench.sync.seek(targetOf(sparse));
    assert.ok(bench.untilHeight(1_000, 10_000));
    assertSame(bench, sparse);
    assert.deepEqual(bench.lies, []);
  });

  test('HS-54 takes ranges as large as agreed, and a single block of any size', () => {
    const big = chainOf({
      blocks: 12,
      transactions: (height) => [new Uint8Array(SIZES[height % SIZES.length] ?? 1).fill(height)],
    });
    const bench = new SyncBench([{ behaviour: honest(big) }]);
    bench.sync.seek(targetOf(big));
    assert.ok(bench.untilHeight(12, 10_000));
    assert.deepEqual(bench.lies, []);
    assert.ok(Math.max(...bench.batches) <= 3);
  });

  test('HS-54 refuses a range that is larger than agreed', () => {
    const big = chainOf({ blocks: 8, transactions: (height) => [new Uint8Array(1_500_000).fill(height)] });
    const greedy: Behaviour = () => ({
      blocks: big.final.slice(1),
      certificate: targetOf(big),
      descendants: [],
    });
    const bench = new SyncBench([{ behaviour: greedy }]);
    bench.sync.seek(targetOf(big));
    bench.pass(1_000);
    assert.equal(bench.lies[0]?.fault, 'range larger than agreed');
    assert.equal(bench.height, 0);
  });

  test('makes final in one turn no more than one range', () => {
    const bench = benchWith(good, good, good);
    bench.untilHeight(1_000, 5_000);
    assert.ok(Math.max(...bench.batches) <= RANGE_BLOCKS_MAX);
  });

  test('ends when the chain came to the target in another way', () => {
    const bench = benchWith(silent);
    for (const block of CHAIN.final.slice(1, 3)) {
      bench.chain.putBlock(block, CHAIN.frontierOf(block.digest) ?? assert.fail());
      bench.chain.commit(certify(block));
    }
    bench.sync.reached(heightOf(1_000));
    const before = bench.asked.length;
    bench.pass(60_000);
    assert.equal(bench.asked.length, before);
    assert.equal(bench.sync.progress(), undefined);
  });

  test('takes up where the chain stands, also in the middle of what is fetched', () => {
    const bench = benchWith({ ...good, delayMs: 300 });
    for (const block of CHAIN.final.slice(1, 4)) {
      bench.chain.putBlock(block, CHAIN.frontierOf(block.digest) ?? assert.fail());
      bench.chain.commit(certify(block));
    }
    assert.ok(bench.untilHeight(1_000, 20_000));
    assertSame(bench);
  });

  test('goes on with what waits for a block that became final in another way', () => {
    const two = chainOf({ blocks: 2 });
    const bench = new SyncBench([{ behaviour: silent.behaviour }, { behaviour: honest(two) }]);
    const [, first = assert.fail(), second = assert.fail()] = two.final;
    bench.sync.seek(certify(first));
    bench.sync.seek(certify(second));
    bench.pass(10);
    assert.deepEqual(
      bench.asked.map(({ peer, from, to }) => [peer, from, to]),
      [
        [1, 1n, 1n],
        [2, 2n, 2n],
      ],
    );
    bench.chain.putBlock(first, two.frontierOf(first.digest) ?? assert.fail());
    bench.chain.commit(certify(first));
    bench.sync.reached(heightOf(1));
    assert.ok(
      bench.untilHeight(2, 60_000) !== undefined,
      'the second block is here, and nothing will bring it again',
    );
    assert.equal(bench.asked.length, 2);
    assertSame(bench, two);
  });

  test('goes on when part of what waits for its certificate became final in another way', () => {
    const sparse = chainOf({ blocks: 1_000, isCertified: (height) => height % 150 === 0 });
    const bench = new SyncBench([{ behaviour: honest(sparse), delayMs: 300 }]);
    bench.sync.seek(targetOf(sparse));
    bench.pass(320);
    assert.equal(bench.height, 0, 'the first range is judged and waits for the certificate of height 150');
    const branch = sparse.final.slice(1, 151).map((block) => ({
      block,
      frontier: sparse.frontierOf(block.digest) ?? assert.fail(),
    }));
    bench.chain.extend(
      branch,
      sparse.certificateWithin({ from: heightOf(1), to: heightOf(150) }) ?? assert.fail(),
    );
    bench.sync.reached(heightOf(150));
    assert.ok(bench.untilHeight(1_000, 20_000), `height ${bench.height}`);
    assertSame(bench, sparse);
  });
});

describe('bounds', () => {
  test('hold for what is on the way and what waits', () => {
    // The first range never comes: everything above it must not pile up.
    const long = chainOf({ blocks: 4_000 });
    const truth = honest(long);
    const withoutFirst: Behaviour = (request, ask) => (request.from === 1n ? undefined : truth(request, ask));
    const plan = { behaviour: withoutFirst };
    const bench = new SyncBench([plan, plan, plan]);
    bench.sync.seek(targetOf(long));
    bench.pass(20_000);
    const highest = bench.asked.reduce((max, { to }) => (to > max ? to : max), 0n);
    assert.ok(highest <= BigInt((RANGES_MAX + 3) * RANGE_BLOCKS_MAX), `asked up to ${highest}`);
    assert.equal(bench.height, 0);
  });

  test('hold for blocks that never get a certificate of their own', () => {
    // They are proved, but always by a certificate further above: all of them would have to be kept.
    const long = chainOf({ blocks: 4_000 });
    const bench = new SyncBench([
      {
        behaviour: ({ from, to }) => ({
          blocks: long.final.slice(Number(from), Number(to) + 1),
          certificate: long.certifiedBlock(heightOf(Number(to) + 100))?.certificate ?? targetOf(long),
          descendants: long.final.slice(Number(to) + 1, Number(to) + 101).map(({ header }) => header),
        }),
      },
    ]);
    bench.sync.seek(targetOf(long));
    bench.pass(30_000);
    assert.equal(bench.height, 0);
    assert.deepEqual([bench.broken, bench.lies], [[], []]);
    const firsts = bench.asked.filter(({ from }) => from === 1n);
    assert.ok(firsts.length >= 2, 'it began again');
  });

  test('HS-54 hold for requests to one peer at a time', () => {
    const bench = benchWith({ ...good, delayMs: 900 }, { ...good, delayMs: 900 });
    bench.pass(800);
    for (const peer of [1, 2]) {
      assert.equal(bench.asked.filter((each) => each.peer === peer).length, REQUESTS_PER_PEER_MAX);
    }
  });
});

describe('a chain that cannot go on', () => {
  test('because a certified block contradicts a final one stops the member', () => {
    const bench = new SyncBench([{ behaviour: honest(OTHER) }]);
    const first = CHAIN.final[1] ?? assert.fail();
    bench.chain.putBlock(first, CHAIN.frontierOf(first.digest) ?? assert.fail());
    bench.chain.commit(certify(first));
    bench.sync.seek(targetOf(OTHER));
    bench.pass(5_000);
    assert.match(String(bench.broken[0]), /contradicts the final block/);
    assert.equal(bench.height, 1);
  });

  test('because a quorum saw another state stops the member, and names no peer', () => {
    const [block] = CHAIN.final.slice(1);
    assert.ok(block);
    const wrong = sealBlock({ ...block.header, stateRoot: toDigest('ab'.repeat(32)) }, block.transactions);
    const certificate = certify(wrong);
    const bench = new SyncBench([{ behaviour: () => ({ blocks: [wrong], certificate, descendants: [] }) }]);
    bench.sync.seek(certificate);
    bench.pass(5_000);
    assert.match(String(bench.broken[0]), /wrong state root/);
    assert.deepEqual(bench.lies, []);
    assert.equal(bench.height, 0);
  });
});
