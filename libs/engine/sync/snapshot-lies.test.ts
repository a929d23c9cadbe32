import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import fc from 'fast-check';
import { sha256 } from '#libs/bytes/sha256.ts';
import { sealBlock } from '#libs/chain/block.ts';
import { nodeHash } from '#libs/chain/merkle.ts';
import { CHUNK_TRANSACTIONS, chunkRoot } from '#libs/chain/state-chunks.ts';
import { BALLOTS_SECTION } from '#libs/chain/state-sections.ts';
import { encodeBallots } from '#libs/membership/ballots.ts';
import type { AdoptedChange } from '#libs/membership/membership.ts';
import { rosterOf } from '#test/support/chain/membership.ts';
import {
  type BenchOptions,
  type BenchPeer,
  heightOf,
  honest,
  LongChain,
  SnapshotBench,
  silent,
} from '#test/support/engine/snapshot-bench.ts';
import type { Snapshot } from '../ports/snapshot-ports.ts';
import { LIE_PAUSE_MS, REQUESTS_PER_PEER_MAX } from './sync-limits.ts';

/** Four chunks, all of them complete: the tree that can be cut in most ways. */
const CHAIN = new LongChain(16, 1_024);
const OTHER = new LongChain(16, 1_024, 'other ');
after(() => {
  CHAIN.remove();
  OTHER.remove();
});

const benches: SnapshotBench[] = [];
afterEach(() => {
  for (const bench of benches.splice(0)) bench.remove();
});

function benchOf(peers: BenchOptions['peers']): SnapshotBench {
  const bench = new SnapshotBench({ chain: CHAIN, peers });
  benches.push(bench);
  bench.catchUp.seek(CHAIN.target());
  return bench;
}

type Outline = Snapshot['outline'];

function outlineLiar(change: (snapshot: Snapshot) => Snapshot): BenchPeer {
  return {
    behaviour: (_, truth) => {
      const answer = truth();
      if (answer.kind !== 'snapshot-response' || answer.snapshot === undefined) return answer;
      return { ...answer, snapshot: change(answer.snapshot) };
    },
  };
}

const withOutline = (change: (outline: Outline) => Outline): BenchPeer =>
  outlineLiar((snapshot) => ({ ...snapshot, outline: change(snapshot.outline) }));

function chunkLiar(change: (hashes: Uint8Array, number: number) => Uint8Array | undefined): BenchPeer {
  return {
    behaviour: (request, truth) => {
      const answer = truth();
      if (answer.kind !== 'chunk-response' || request.kind !== 'chunk-request') return answer;
      return { ...answer, hashes: answer.hashes && change(answer.hashes, request.number) };
    },
  };
}

function flipped(hashes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(hashes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

const pairs = (roots: readonly Uint8Array[]) => [0, 2].map((at) => nodeHash(roots[at]!, roots[at + 1]!));
const halvesOf = (number: number) => {
  const hashes = CHAIN.store.snapshots.chunkAt(heightOf(16), number)!;
  return [hashes.subarray(0, hashes.length / 2), hashes.subarray(hashes.length / 2)].map(chunkRoot);
};
const sized = (chunks: number) => BigInt(chunks * CHUNK_TRANSACTIONS);

const FROM_THE_FUTURE: AdoptedChange = {
  digest: CHAIN.blocks[3]!.block.digest,
  roster: rosterOf(4),
  lastHeight: heightOf(17),
  terms: { needs: '9.1.0', others: [{ tag: 77, content: Uint8Array.of(1) }] },
};

/** Every kind of lie about a snapshot. */
const LIES: Readonly<Record<string, BenchPeer>> = {
  'the block of another height': outlineLiar((snapshot) => ({ ...snapshot, block: CHAIN.blocks[3]!.block })),
  'the snapshot of another height': outlineLiar((snapshot) => ({
    ...snapshot,
    ...CHAIN.store.snapshots.snapshotAt(heightOf(8)),
  })),
  'the block of another chain': outlineLiar((snapshot) => ({
    ...snapshot,
    ...OTHER.store.snapshots.snapshotAt(heightOf(16)),
  })),
  'other transactions in the block': outlineLiar(({ block, ...rest }) => ({
    ...rest,
    block: sealBlock(block.header, block.transactions.toReversed()),
  })),
  'votes that nobody gave': outlineLiar((snapshot) => ({
    ...snapshot,
    others: [{ tag: BALLOTS_SECTION, content: encodeBallots({ ballots: [], adopted: undefined }) }],
  })),
  'votes for terms that nobody can follow, which would stop a member': outlineLiar((snapshot) => ({
    ...snapshot,
    others: [{ tag: BALLOTS_SECTION, content: encodeBallots({ ballots: [], adopted: FROM_THE_FUTURE }) }],
  })),
  'a section that the state has not': outlineLiar((snapshot) => ({
    ...snapshot,
    others: [{ tag: 7, content: Uint8Array.of(7) }],
  })),
  'the outline of another chain': withOutline(() => OTHER.store.snapshots.snapshotAt(heightOf(16))!.outline),
  'a root that is not there': withOutline(({ size, roots }) => ({
    size,
    roots: roots.with(1, sha256(roots[1]!)),
  })),
  'roots in another order': withOutline(({ size, roots }) => ({ size, roots: roots.toReversed() })),
  'a larger state': withOutline(({ roots }) => ({ size: sized(4) + 1n, roots })),
  'a state larger than any': withOutline(({ roots }) => ({ size: 2n ** 64n - 1n, roots })),
  'a state without the last chunk': withOutline(({ roots }) => ({
    size: sized(3),
    roots: roots.slice(0, 3),
  })),
  'an empty state': withOutline(() => ({ size: 0n, roots: [] })),
  'roots of two chunks each': withOutline(({ roots }) => ({ size: sized(2), roots: pairs(roots) })),
  'roots of half a chunk each': withOutline(() => ({
    size: sized(8),
    roots: [0, 1, 2, 3].flatMap(halvesOf),
  })),
  'two halves for the last chunk': withOutline(({ roots }) => ({
    size: sized(5),
    roots: [...roots.slice(0, 3), ...halvesOf(3)],
  })),
  'one transaction less in the last chunk': withOutline(({ size, roots }) => ({ size: size - 1n, roots })),
  'chunks with one bit changed': chunkLiar((hashes, number) => flipped(hashes, 32 * number + 5)),
  'a transaction too few in each chunk': chunkLiar((hashes) => hashes.subarray(32)),
  'chunks of another number': chunkLiar((_, number) =>
    CHAIN.store.snapshots.chunkAt(heightOf(16), (number + 1) % 4),
  ),
  'chunks of another chain': chunkLiar((_, number) => OTHER.store.snapshots.chunkAt(heightOf(16), number)),
  'two transactions exchanged': chunkLiar((hashes) =>
    Buffer.concat([hashes.subarray(32, 64), hashes.subarray(0, 32), hashes.subarray(64)]),
  ),
};

describe('a peer that lies about the state', () => {
  for (const [what, liar] of Object.entries(LIES)) {
    test(`HS-54 BYZ-29 with ${what} is found out, named and left out; the honest one is enough`, () => {
      const bench = benchOf([liar, honest]);
      assert.ok(
        bench.until(() => bench.height === 16),
        `height ${bench.height}`,
      );
      assert.equal(bench.taken, 1);
      assert.deepEqual(bench.store.tip().frontier, CHAIN.store.tip().frontier);
      assert.deepEqual(bench.broken, []);
      assert.ok(bench.lies.length > 0 && bench.lies.every((lie) => lie.startsWith('1 ')), bench.lies.join());
      const after = bench.asked.filter(({ peer }) => peer === 1).length;
      assert.ok(after <= 4 + REQUESTS_PER_PEER_MAX, `it was asked ${after} times`);
      const last = CHAIN.store.snapshots.chunkAt(heightOf(16), 3);
      assert.deepEqual(bench.store.snapshots.chunkAt(heightOf(16), 3), last);
    });

    test(`BYZ-23 alone with ${what} brings nothing into the chain`, () => {
      const bench = benchOf([liar]);
      bench.pass(LIE_PAUSE_MS / 2);
      assert.equal(bench.height, 0);
      assert.equal(bench.taken, 0);
      assert.deepEqual(bench.broken, []);
    });
  }

  test('BYZ-29 once its offer is proved is found out by its chunk, and nobody else is accused', () => {
    const late = chunkLiar((hashes, number) => (number === 1 ? flipped(hashes, 9) : hashes));
    const withoutOne: BenchPeer = {
      behaviour: (request, truth) =>
        request.kind === 'chunk-request' && request.number === 1 && bench.lies.length === 0
          ? undefined
          : truth(),
    };
    const bench = benchOf([late, withoutOne]);
    assert.ok(bench.until(() => bench.height === 16));
    assert.deepEqual(bench.lies, ['1 chunk of another state']);
    assert.deepEqual(bench.store.tip().frontier, CHAIN.store.tip().frontier);
  });

  test('A5-11 whatever peers do, the state is that of the decision, and one honest peer is enough', () => {
    const kinds = [...Object.values(LIES), silent, honest];
    const anyPeer = fc.record({
      turns: fc.array(fc.nat({ max: kinds.length - 1 }), { minLength: 1, maxLength: 5 }),
      delayMs: fc.constantFrom(1, 40, 900, 3_000, 9_000),
    });
    fc.assert(
      fc.property(fc.array(anyPeer, { minLength: 1, maxLength: 4 }), fc.nat({ max: 4 }), (peers, place) => {
        const plans: BenchPeer[] = peers.map(({ turns, delayMs }) => {
          let turn = 0;
          return {
            delayMs,
            behaviour: (request, truth) => kinds[turns[turn++ % turns.length]!]!.behaviour(request, truth),
          };
        });
        plans.splice(place, 0, honest);
        const bench = benchOf(plans);
        assert.ok(
          bench.until(() => bench.height === 16, 600_000),
          `height ${bench.height}`,
        );
        assert.deepEqual(bench.broken, []);
        assert.deepEqual(bench.store.tip().frontier, CHAIN.store.tip().frontier);
        const honestIndex = Math.min(place, peers.length) + 1;
        assert.ok(
          !bench.lies.some((lie) => lie.startsWith(`${honestIndex} `)),
          'the honest one is never accused',
        );
        bench.remove();
        benches.length = 0;
      }),
      { numRuns: 12 },
    );
  });

  test('cannot answer for another, nor for what was not asked', () => {
    const bench = benchOf([silent, silent]);
    const snapshot = { ...CHAIN.store.snapshots.snapshotAt(heightOf(16))!, others: [] };
    bench.catchUp.receive({ kind: 'snapshot-response', requestId: 1n, snapshot }, 2 as never);
    bench.catchUp.receive({ kind: 'snapshot-response', requestId: 99n, snapshot }, 1 as never);
    bench.catchUp.receive({ kind: 'chunk-response', requestId: 1n, hashes: new Uint8Array(32) }, 1 as never);
    bench.pass(500);
    assert.equal(bench.catchUp.status().snapshot?.chunksTotal, 0);
    assert.deepEqual(bench.lies, []);
  });
});
