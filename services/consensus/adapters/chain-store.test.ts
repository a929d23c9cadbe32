import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type BlockWithFrontier, blockFault } from '#libs/chain/block-rules.ts';
import { digestBytes, toDigest, toEpoch, toHeight } from '#libs/chain/ids.ts';
import { leafHash, verifyInclusion } from '#libs/chain/merkle.ts';
import { onceInChain } from '#libs/chain/repeats.ts';
import { stateLeafOf } from '#libs/chain/state-leaf.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { genesisCertificate } from '#libs/protocol/certificate.ts';
import { hotStuffFollows } from '#libs/protocol/hotstuff/header-rule.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import {
  blockUpon,
  branchUpon,
  bytes,
  CHAIN_DIGEST,
  certificateFor,
  GENESIS,
  recordWith,
} from '#test/support/chain/chain-fixture.ts';
import { saveRecord } from '#test/support/chain/save-record.ts';
import { STRAY_BLOCKS_MAX } from './chain-store/limits.ts';
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

function reopen(): void {
  store.close();
  store = open();
}

function put(...blocks: readonly BlockWithFrontier[]): void {
  for (const { block, frontier } of blocks) store.putBlock(block, frontier);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chain-store-'));
  store = open();
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

const height = (value: number) => toHeight(BigInt(value));
const codeOf = (code: string) => (error: unknown) =>
  error instanceof Error && 'detail' in error && (error.detail as { code: string }).code === code;

describe('a new store', () => {
  test('stands at genesis, before and after it is opened again', () => {
    for (const again of [false, true]) {
      if (again) reopen();
      const tip = store.tip();
      assert.equal(tip.digest, GENESIS.block.digest);
      assert.deepEqual(tip.header, GENESIS.block.header);
      assert.deepEqual(tip.frontier, GENESIS.frontier);
      assert.deepEqual(tip.certificate, genesisCertificate(HOTSTUFF_TABLE, 'commit', GENESIS.block.digest));
      assert.deepEqual(store.certifiedBlock(height(0)), {
        block: GENESIS.block,
        certificate: tip.certificate,
        descendants: [],
      });
    }
  });

  test('still holds after a restart what it was given', () => {
    const [only] = branchUpon(GENESIS, 1, 1);
    assert.ok(only);
    put(only);
    reopen();
    assert.deepEqual(store.blockOf(only.block.digest), only.block);
  });
});

describe('commit', () => {
  test('makes a block final, with its transactions and its certificate', () => {
    const one = blockUpon(GENESIS, 1, ['a', 'b']);
    const certificate = certificateFor(one.block);
    put(one);
    assert.deepEqual(store.commit(certificate), [one.block]);
    for (const again of [false, true]) {
      if (again) reopen();
      assert.equal(store.tip().digest, one.block.digest);
      assert.equal(store.tip().height, 1n);
      assert.equal(store.tip().stateRoot, one.block.header.stateRoot);
      assert.deepEqual(store.tip().frontier, one.frontier);
      assert.deepEqual(store.tip().certificate, certificate);
      assert.equal(store.heightOf(one.block.digest), 1n);
      assert.deepEqual(store.blockAt(height(1)), one.block);
      assert.deepEqual(store.positionOf(transactionOf(bytes('b')).hash), { height: 1n, index: 1 });
      assert.ok(store.isCommitted(transactionOf(bytes('a')).hash));
      assert.ok(!store.isCommitted(transactionOf(bytes('c')).hash));
    }
  });

  test('takes undecided ancestors along, in order, over gaps in the views (RULES.md A.42)', () => {
    const one = blockUpon(GENESIS, 2, ['a']);
    const two = blockUpon(one, 5, []);
    const three = blockUpon(two, 9, ['b', 'c']);
    const certificate = certificateFor(three.block);
    put(one, two, three);
    assert.deepEqual(store.commit(certificate), [one.block, two.block, three.block]);
    reopen();
    assert.equal(store.tip().height, 3n);
    assert.deepEqual(store.certifiedBlock(height(1)), {
      block: one.block,
      certificate,
      descendants: [two.block.header, three.block.header],
    });
    assert.deepEqual(store.certifiedBlock(height(3))?.descendants, []);
    assert.equal(store.certifiedBlock(height(4)), undefined);
    assert.equal(store.positionOf(transactionOf(bytes('c')).hash)?.height, 3n);
  });

  test('proves each block by the next certificate, not by the newest', () => {
    const [one, two, three] = branchUpon(GENESIS, 3, 1) as [
      BlockWithFrontier,
      BlockWithFrontier,
      BlockWithFrontier,
    ];
    put(one, two, three);
    store.commit(certificateFor(two.block));
    store.commit(certificateFor(three.block));
    assert.deepEqual(store.certifiedBlock(height(1))?.certificate, certificateFor(two.block));
    assert.deepEqual(store.certifiedBlock(height(3))?.certificate, certificateFor(three.block));
  });

  test('does nothing a second time, also with other signatures or for an ancestor', () => {
    const [one, two] = branchUpon(GENESIS, 2, 1) as [BlockWithFrontier, BlockWithFrontier];
    const certificate = certificateFor(two.block);
    put(one, two);
    store.commit(certificate);
    assert.deepEqual(store.commit(certificate), []);
    assert.deepEqual(store.commit({ ...certificate, signatures: certificate.signatures.slice(1) }), []);
    assert.deepEqual(store.commit(certificateFor(one.block)), []);
    reopen();
    assert.deepEqual(store.commit(certificate), []);
    assert.equal(store.tip().height, 2n);
  });

  test('answers with each block in order, when the tip has moved', () => {
    const branch = branchUpon(GENESIS, 3, 1);
    put(...branch);
    const heights = store.commit(certificateFor(branch[1]!.block)).map(({ header }) => header.height);
    assert.deepEqual([heights, store.tip().height], [[1n, 2n], 2n]);
  });

  test('refuses a certificate of another phase: that is our mistake', () => {
    const one = blockUpon(GENESIS, 1);
    put(one);
    assert.throws(() => store.commit(certificateFor(one.block, 'pre-commit')), /decides nothing/);
  });

  test('refuses a block that it does not hold, and stays as it was', () => {
    const [one, two] = branchUpon(GENESIS, 2, 1) as [BlockWithFrontier, BlockWithFrontier];
    assert.throws(() => store.commit(certificateFor(one.block)), codeOf('CHAIN_BLOCK_MISSING'));
    assert.throws(() => put(two), codeOf('CHAIN_BLOCK_MISSING'));
    assert.throws(() => store.commit(certificateFor(two.block)), codeOf('CHAIN_BLOCK_MISSING'));
    assert.equal(store.tip().height, 0n);
  });

  test('refuses a certificate with the wrong height', () => {
    const one = blockUpon(GENESIS, 1);
    put(one);
    const wrong = { ...certificateFor(one.block), height: height(2) };
    assert.throws(() => store.commit(wrong), codeOf('CHAIN_CERTIFICATE_MISMATCH'));
    store.commit(certificateFor(one.block));
    assert.throws(() => store.commit(wrong), codeOf('CHAIN_CERTIFICATE_MISMATCH'));
  });

  describe('of a fork', () => {
    test('is refused at a final height, held or not', () => {
      const one = blockUpon(GENESIS, 1, ['a']);
      const other = blockUpon(GENESIS, 2, ['b']);
      put(one);
      store.commit(certificateFor(one.block));
      const expected = {
        name: 'ChainError',
        detail: { code: 'CHAIN_FORK', height: 1n, final: one.block.digest, certified: other.block.digest },
      };
      assert.throws(() => store.commit(certificateFor(other.block)), expected);
      put(other);
      assert.throws(() => store.commit(certificateFor(other.block)), expected);
      assert.equal(store.tip().digest, one.block.digest);
    });

    test('is refused above the tip, when the branch leaves the chain below it', () => {
      const one = blockUpon(GENESIS, 1, ['a']);
      const other = branchUpon(GENESIS, 3, 2);
      put(one);
      store.commit(certificateFor(one.block));
      put(...other);
      assert.throws(() => store.commit(certificateFor(other[2]!.block)), {
        detail: {
          code: 'CHAIN_FORK',
          height: 1n,
          final: one.block.digest,
          certified: other[2]!.block.digest,
        },
      });
      assert.equal(store.tip().height, 1n);
      assert.equal(store.isCommitted(other[0]!.block.transactions[0]!.hash), false);
    });
  });
});

describe('held blocks', () => {
  test('answer for themselves before they are final, also after a restart', () => {
    const one = blockUpon(GENESIS, 1, ['a']);
    const two = blockUpon(one, 2, ['b', 'c']);
    put(one, two, two);
    for (const again of [false, true]) {
      if (again) reopen();
      assert.deepEqual(store.blockOf(two.block.digest), two.block);
      assert.deepEqual(store.headerOf(two.block.digest), two.block.header);
      assert.deepEqual(store.frontierOf(two.block.digest), two.frontier);
      assert.equal(store.heightOf(two.block.digest), undefined);
      assert.equal(store.blockAt(height(2)), undefined);
      assert.deepEqual(
        store.undecidedTransactions(two.block.digest),
        new Set(['a', 'b', 'c'].map((text) => transactionOf(bytes(text)).hash)),
      );
    }
    store.commit(certificateFor(one.block));
    assert.equal(store.undecidedTransactions(two.block.digest).size, 2);
    assert.equal(store.undecidedTransactions(one.block.digest).size, 0);
  });

  test('that nobody knows are undefined', () => {
    const unknown = toDigest('9'.repeat(64));
    assert.equal(store.blockOf(unknown), undefined);
    assert.equal(store.headerOf(unknown), undefined);
    assert.equal(store.frontierOf(unknown), undefined);
    assert.equal(store.undecidedTransactions(unknown).size, 0);
    assert.equal(store.transaction(unknown), undefined);
  });

  test('that lost are gone after the decision, with all that stands on them', () => {
    const one = blockUpon(GENESIS, 1);
    const lost = branchUpon(GENESIS, 3, 2);
    const child = blockUpon(one, 9);
    put(one, ...lost, child);
    store.commit(certificateFor(one.block));
    for (const again of [false, true]) {
      if (again) reopen();
      for (const { block } of lost) assert.equal(store.headerOf(block.digest), undefined);
      assert.ok(store.headerOf(child.block.digest));
    }
  });

  test('are bounded, but none that the safety record refers to is thrown away', () => {
    const [voted, locked, upon] = [1, 2, 3].map((view) => blockUpon(GENESIS, view)) as [
      BlockWithFrontier,
      BlockWithFrontier,
      BlockWithFrontier,
    ];
    const child = blockUpon(upon, 4);
    put(voted, locked, upon, child);
    saveRecord(
      store,
      recordWith({
        voted: { prepare: { height: height(1), digest: voted.block.digest } },
        locked: certificateFor(locked.block, 'pre-commit'),
        high: certificateFor(child.block, 'prepare'),
      }),
    );
    const strays = Array.from({ length: STRAY_BLOCKS_MAX + 10 }, (_, index) =>
      blockUpon(GENESIS, 100 + index),
    );
    put(...strays);
    reopen();
    const held = strays.filter(({ block }) => store.headerOf(block.digest) !== undefined);
    assert.equal(held.length, STRAY_BLOCKS_MAX);
    assert.deepEqual(held, strays.slice(10), 'the oldest go first');
    assert.ok(store.loadRecord());
    put(...Array.from({ length: STRAY_BLOCKS_MAX }, (_, index) => blockUpon(GENESIS, 300 + index)));
    for (const { block } of [voted, locked, upon, child]) assert.ok(store.headerOf(block.digest));
  });

  test('and final ones judge the next: an earlier transaction is refused (RULES.md A.43)', () => {
    const one = blockUpon(GENESIS, 1, ['a']);
    const two = blockUpon(one, 2, ['b']);
    put(one, two);
    store.commit(certificateFor(one.block));
    for (const [text, fault] of [
      ['a', 'transaction of an earlier block'],
      ['b', 'transaction of an earlier block'],
      ['c', undefined],
    ] as const) {
      const undecided = store.undecidedTransactions(two.block.digest);
      const found = blockFault(blockUpon(two, 3, [text]).block, {
        parent: two.block,
        frontier: two.frontier,
        limits: { transactionsMax: 9, bytesMax: 99, transactionBytesMax: 9 },
        epoch: toEpoch(0n),
        follows: hotStuffFollows,
        repeats: onceInChain((hash) => undecided.has(hash) || store.isCommitted(hash)),
      });
      assert.equal(found, fault);
    }
  });
});

test('every final transaction is proved against the roots of its block', () => {
  let parent = GENESIS;
  const sizes = [1, 0, 3, 7, 2, 5, 1];
  for (const [index, size] of sizes.entries()) {
    const texts = Array.from({ length: size }, (_, at) => `${index}-${at}`);
    parent = blockUpon(parent, index + 1, texts);
    put(parent);
    store.commit(certificateFor(parent.block));
  }
  for (const [index, size] of sizes.entries()) {
    const header = store.headerOf(store.blockAt(height(index + 1))!.header.parent);
    const own = store.blockAt(height(index + 1))!.header;
    assert.equal(header?.height, BigInt(index));
    for (let at = 0; at < size; at++) {
      const transaction = transactionOf(bytes(`${index}-${at}`));
      const found = store.transaction(transaction.hash);
      assert.ok(found);
      assert.deepEqual(found.transaction, transaction);
      assert.equal(found.height, BigInt(index + 1));
      assert.equal(found.index, at);
      const leaf = leafHash(transaction.bytes);
      const { payloadProof, stateProof } = found;
      assert.ok(verifyInclusion({ ...payloadProof, leafHash: leaf, root: digestBytes(own.payloadRoot) }));
      const state = { ...stateProof, leafHash: stateLeafOf(transaction), root: digestBytes(own.stateRoot) };
      assert.ok(verifyInclusion(state));
    }
  }
});

test('the event cursor survives a restart', () => {
  assert.equal(store.eventCursor(), 0n);
  store.setEventCursor(height(7));
  reopen();
  assert.equal(store.eventCursor(), 7n);
});

test('a checkpoint loses nothing', () => {
  const branch = branchUpon(GENESIS, 3, 1);
  put(...branch);
  store.commit(certificateFor(branch[2]!.block));
  assert.ok(store.logPages() > 0);
  store.checkpointWhenIdle();
  assert.equal(store.logPages(), 0);
  reopen();
  assert.equal(store.tip().height, 3n);
});
