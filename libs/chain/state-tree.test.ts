import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { BatchProofs } from './batch-proofs.ts';
import { payloadLeaves, payloadRootOf } from './block-rules.ts';
import { appendLeaves, EMPTY_FRONTIER, type Frontier, frontierRoot } from './frontier.ts';
import { inclusionProof } from './merkle.ts';
import { stateLeafOf } from './state-leaf.ts';
import { type Transaction, transactionOf } from './transaction.ts';

interface Path {
  readonly index: number;
  readonly size: number;
  readonly path: readonly string[];
}

interface Vectors {
  readonly blocks: readonly {
    readonly transactions: readonly string[];
    readonly payloadRoot: string;
    readonly stateRoot: string;
    readonly leaves: number;
  }[];
  readonly proofs: readonly { block: number; transaction: string; payload: Path; state: Path }[];
}

const file = new URL('../../test/vectors/state-tree.json', import.meta.url);
const { blocks, proofs } = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
const read = (hex: string): Transaction => transactionOf(fromHex(hex) ?? assert.fail(hex));

describe('the published trees', () => {
  test('F-31 have these payload and state roots, block by block', () => {
    let frontier: Frontier = EMPTY_FRONTIER;
    for (const { transactions, payloadRoot, stateRoot, leaves } of blocks) {
      const own = transactions.map(read);
      frontier = appendLeaves(frontier, own.map(stateLeafOf));
      assert.equal(payloadRootOf(own), payloadRoot);
      assert.equal(toHex(frontierRoot(frontier)), stateRoot);
      assert.equal(frontier.size, BigInt(leaves));
    }
  });

  test('F-31 have these paths, under both roots', () => {
    let frontier: Frontier = EMPTY_FRONTIER;
    for (const [at, { transactions }] of blocks.entries()) {
      const own = transactions.map(read);
      const batch = new BatchProofs(frontier, own.map(stateLeafOf));
      for (const [place, transaction] of own.entries()) {
        const found = proofs.find((each) => each.block === at && each.payload.index === place);
        const { index, size, path } = batch.proofOf(place);
        const state = { index: Number(index), size: Number(size), path: path.map(toHex) };
        const payload = inclusionProof(payloadLeaves(own), place).map(toHex);
        assert.equal(found?.transaction, toHex(transaction.bytes));
        assert.deepEqual(found?.state, state);
        assert.deepEqual(found?.payload, { index: place, size: own.length, path: payload });
      }
      frontier = appendLeaves(frontier, own.map(stateLeafOf));
    }
  });
});
