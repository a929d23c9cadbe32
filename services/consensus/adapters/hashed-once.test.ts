import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sealBlock } from '#libs/chain/block.ts';
import { judgeBlock } from '#libs/chain/block-rules.ts';
import { toEpoch } from '#libs/chain/ids.ts';
import { onceInChain } from '#libs/chain/repeats.ts';
import { hotStuffFollows } from '#libs/protocol/hotstuff/header-rule.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { blockFromWire, blockToWire } from '#libs/wire/block.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { blockUpon, CHAIN_DIGEST, certificateFor, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { factsOfBlock } from './facts.ts';
import { openChainStore } from './open-chain-store.ts';
import { watchBlockToApi } from './wire/wire-api.ts';

const TEXTS = ['apple', 'pear', 'plum'];
const LIMITS = { transactionsMax: 9, bytesMax: 99, transactionBytesMax: 9 };

/** The texts that went through SHA-256 as they are, in the order of that. */
const hashed: string[] = [];
const { hash } = crypto;
let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashed-once-'));
  crypto.hash = ((algorithm: string, data: Uint8Array, encoding: 'hex') => {
    const text = Buffer.from(data).toString();
    if (TEXTS.includes(text)) hashed.push(text);
    return hash(algorithm, data, encoding);
  }) as typeof hash;
  syncBuiltinESMExports();
});

after(() => {
  crypto.hash = hash;
  syncBuiltinESMExports();
  rmSync(folder, { recursive: true });
});

test('the transactions of a block are hashed once between its message and the answers to clients', () => {
  const sent = blockToWire(blockUpon(GENESIS, 1, TEXTS).block);
  const store = openChainStore({
    ...{
      path: join(folder, 'chain.db'),
      genesis: GENESIS.block,
      chainDigest: CHAIN_DIGEST,
      protocol: HOTSTUFF,
      member: 'm0',
    },
  });
  hashed.length = 0;
  const block = blockFromWire(sent, WIRE_LIMITS);
  assert.deepEqual(hashed, [], 'a block that is refused for its header is not hashed');
  const judged = judgeBlock(block, {
    ...{ parent: GENESIS.block, frontier: GENESIS.frontier, limits: LIMITS, epoch: toEpoch(0n) },
    follows: hotStuffFollows,
    repeats: onceInChain((each) => store.isCommitted(each)),
  });
  assert.ok(judged.ok);
  store.putBlock(block, judged.frontier);
  const [final] = store.commit(certificateFor(block));
  assert.ok(final !== undefined);
  assert.equal([...factsOfBlock(final, { member: 'm0', ofTransactions: true })].length, 1 + TEXTS.length);
  assert.equal(watchBlockToApi(final, false).transactionHashes.length, TEXTS.length);
  assert.deepEqual(hashed, TEXTS);
  assert.deepEqual(sealBlock(block.header, block.transactions).digest, final.digest);
  store.close();
});
