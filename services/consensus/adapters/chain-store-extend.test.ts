import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import { toHeight } from '#libs/chain/ids.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { branchUpon, CHAIN_DIGEST, certificateFor, GENESIS } from '#test/support/chain/chain-fixture.ts';
import type { ChainStore } from './chain-store.ts';
import { openChainStore } from './open-chain-store.ts';

let folder: string;
let store: ChainStore;

const open = () =>
  openChainStore({
    path: join(folder, 'chain.db'),
    genesis: GENESIS.block,
    chainDigest: CHAIN_DIGEST,
    protocol: HOTSTUFF,
    member: 'm0',
  });
const height = (value: number) => toHeight(BigInt(value));
const span = (from: number, to: number) => ({ from: height(from), to: height(to) });
const proofOf = (branch: readonly BlockWithFrontier[]) =>
  certificateFor(branch.at(-1)?.block ?? GENESIS.block);
const blocksOf = (branch: readonly BlockWithFrontier[]) => branch.map(({ block }) => block);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chain-extend-'));
  store = open();
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

describe('a range of blocks that nobody held', () => {
  test('becomes final as a whole, proved by its last block, before and after a restart', () => {
    const branch = branchUpon(GENESIS, 5, 1);
    assert.deepEqual(store.extend(branch, proofOf(branch)), blocksOf(branch));
    for (const again of [false, true]) {
      if (again) {
        store.close();
        store = open();
      }
      assert.equal(store.tip().height, 5n);
      assert.deepEqual(store.tip().frontier, branch[4]?.frontier);
      assert.deepEqual(store.certifiedBlock(height(2)), {
        block: branch[1]?.block,
        certificate: proofOf(branch),
        descendants: branch.slice(2).map(({ block }) => block.header),
      });
      for (const { block } of branch) {
        for (const transaction of block.transactions) assert.ok(store.isCommitted(transaction.hash));
      }
    }
  });

  test('is answered in order, each once', () => {
    const branch = branchUpon(GENESIS, 5, 1);
    assert.deepEqual(store.extend(branch, proofOf(branch)), blocksOf(branch));
  });

  test('takes the place of undecided blocks, and uses those that are its own', () => {
    const branch = branchUpon(GENESIS, 4, 1);
    const losers = branchUpon(GENESIS, 3, 20);
    const above = branchUpon(branch[3] ?? GENESIS, 1, 9);
    for (const { block, frontier } of [...branch, ...losers, ...above]) store.putBlock(block, frontier);
    const held = (each: readonly BlockWithFrontier[]) =>
      each.filter(({ block }) => store.headerOf(block.digest) !== undefined).length;
    store.extend(branch, proofOf(branch));
    assert.deepEqual([held(losers), held(branch), held(above)], [0, 4, 1]);
    store.close();
    store = open();
    assert.deepEqual([held(losers), held(branch), held(above)], [0, 4, 1]);
    assert.deepEqual(store.commit(proofOf(above)), blocksOf(above));
  });

  test('is refused as a fork when it does not grow out of the tip, and nothing of it stays', () => {
    const final = branchUpon(GENESIS, 2, 1);
    store.extend(final, proofOf(final));
    const other = branchUpon(GENESIS, 3, 20);
    assert.throws(() => store.extend(other, proofOf(other)), /contradicts the final block of height 1/);
    assert.equal(store.tip().digest, final[1]?.block.digest);
    assert.equal(store.headerOf(other[2]?.block.digest ?? GENESIS.block.digest), undefined);
  });

  test('is refused with the certificate of another block or phase: that would be our own mistake', () => {
    const branch = branchUpon(GENESIS, 3, 1);
    assert.throws(() => store.extend(branch, proofOf(branch.slice(0, 2))), /certified block/);
    assert.throws(() => store.extend(branch, { ...proofOf(branch), kind: 'prepare' }), /decides nothing/);
    assert.throws(() => store.extend([], proofOf(branch)), /has blocks/);
    assert.equal(store.tip().height, 0n);
  });
});

test('the highest certificate between two heights is found, also when most blocks have none', () => {
  const low = branchUpon(GENESIS, 5, 1);
  store.extend(low, proofOf(low));
  const high = branchUpon(low[4] ?? GENESIS, 5, 6);
  store.extend(high, proofOf(high));
  const heightWithin = (from: number, to: number) => store.certificateWithin(span(from, to))?.height;
  assert.equal(heightWithin(1, 10), 10n);
  assert.equal(heightWithin(1, 9), 5n);
  assert.equal(heightWithin(5, 5), 5n);
  assert.equal(heightWithin(6, 9), undefined);
  assert.equal(heightWithin(11, 1_000), undefined);
  assert.deepEqual(store.certificateWithin(span(1, 9)), proofOf(low));
});
