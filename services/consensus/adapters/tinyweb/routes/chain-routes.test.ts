import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toHeight } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { genesisCertificate } from '#libs/protocol/certificate.ts';
import { PBFT_TABLE } from '#libs/protocol/pbft/vote-table.ts';
import { chainRoutes, OUT_OF_SYNC } from './chain-routes.ts';
import { PAGES_PER_SECOND_MAX } from './limits.ts';
import { PageBudget } from './page-budget.ts';

const GENESIS = genesisBlock({ genesisTimeMs: 0n });
const certificate = genesisCertificate(PBFT_TABLE, 'commit', GENESIS.digest);

interface Answer {
  readonly response:
    | string
    | { readonly missingBlocks?: number[]; readonly blocks?: number[]; readonly certified?: number };
  readonly before?: number | null;
  readonly nextHeight?: number | null;
  readonly chainLength?: number;
  readonly lastHash?: string;
}

/** A chain of so many blocks above the genesis, each with one transaction of so many bytes, and its routes; blocks are told by their heights. */
function chainOf(length: number, bytes = 1) {
  const blocks: Block[] = [GENESIS];
  for (let height = 1; height <= length; height++) {
    const transactions = [transactionOf(new Uint8Array(bytes).fill(height))];
    const header = { ...GENESIS.header, height: toHeight(BigInt(height)), transactionCount: 1 };
    blocks.push(sealBlock(header, transactions));
  }
  const tip = blocks.at(-1) ?? GENESIS;
  const chain = {
    tip: () => ({ height: tip.header.height, digest: tip.digest, stateRoot: tip.header.stateRoot }),
    blockAt: (height: bigint) => blocks[Number(height)],
    certifiedBlock: (height: bigint) => {
      const block = blocks[Number(height)];
      return block && { block, certificate, descendants: [] };
    },
    headerOf: (digest: string) => blocks.find((block) => block.digest === digest)?.header,
  };
  const heights = (own: readonly Block[]) => own.map(({ header }) => Number(header.height));
  let nowMs = 0;
  const routes = chainRoutes(
    {
      chain,
      rangeJson: ({ blocks: own }) => ({ blocks: heights(own), certified: heights(own).at(-1) }),
    },
    new PageBudget(() => nowMs),
  );
  const ask = async (path: string, body: object = {}): Promise<Answer> => {
    const route = routes.find((each) => each.path === path) ?? assert.fail(path);
    const answer = await route.handle({ caller: { publicKey: undefined, address: 'here' }, body });
    assert.equal(answer.status, 200);
    return answer.body as unknown as Answer;
  };
  const later = () => {
    nowMs += 1_000;
  };
  return { ask, blocks, later };
}

const from = (last: number, to: number) =>
  Array.from({ length: Math.abs(last - to) + 1 }, (_, at) => last + Math.sign(to - last) * at);

describe('the chain as nodes of TinyWeb ask for it', () => {
  test('TW-2.4.8 TW-2.4.9 its length and its last hash', async () => {
    const { ask, blocks } = chainOf(3);
    assert.deepEqual(await ask('/GetBlockChainLength'), { chainLength: 3 });
    assert.deepEqual(await ask('/BlockChainLastHash'), { lastHash: blocks[3]?.digest });
  });

  for (const path of ['/MissingBlockRequeset', '/MissingBlockRequest']) {
    test(`TW-2.4.2 ${path} gives the blocks above a hash, newest first, page by page, each with its certificate`, async () => {
      const { ask, blocks } = chainOf(120);
      const lastHash = blocks[10]?.digest;
      const pages = [await ask(path, { lastHash })];
      for (let before = pages[0]?.before; before != null; before = pages.at(-1)?.before)
        pages.push(await ask(path, { lastHash, before }));
      assert.deepEqual(
        pages.map(({ response }) => response),
        [
          { missingBlocks: from(120, 71), certified: 120 },
          { missingBlocks: from(70, 21), certified: 70 },
          { missingBlocks: from(20, 11), certified: 20 },
        ],
      );
      assert.deepEqual(await ask(path, { lastHash: blocks[120]?.digest }), {
        response: { missingBlocks: [] },
        before: null,
      });
    });
  }

  test('a hash that this chain has not gets the words that make a node ask for all', async () => {
    const { ask } = chainOf(3);
    assert.deepEqual(await ask('/MissingBlockRequeset', { lastHash: 'ab'.repeat(32) }), {
      response: OUT_OF_SYNC,
    });
    assert.equal(OUT_OF_SYNC, 'Blockchains shared no hashes, completely out of sync');
  });

  test('TW-2.5.6 the whole chain comes in pages of 50 blocks, oldest first, and of fewer where they are large', async () => {
    const { ask } = chainOf(60);
    const first = await ask('/RequestEntireBlockchain');
    assert.deepEqual(first, {
      response: { blocks: from(1, 50), certified: 50 },
      nextHeight: 51,
      chainLength: 60,
    });
    const second = await ask('/RequestEntireBlockchain', { fromHeight: 51 });
    assert.deepEqual(second, {
      response: { blocks: from(51, 60), certified: 60 },
      nextHeight: null,
      chainLength: 60,
    });
    const above = await ask('/RequestEntireBlockchain', { fromHeight: 61 });
    assert.deepEqual(above, { response: { blocks: [] }, nextHeight: null, chainLength: 60 });
    const large = await chainOf(10, 100 * 1024).ask('/RequestEntireBlockchain');
    assert.deepEqual(large.response, { blocks: [1, 2], certified: 2 });
    const huge = await chainOf(2, 600 * 1024).ask('/RequestEntireBlockchain');
    assert.deepEqual(huge.response, { blocks: [1], certified: 1 });
  });

  test('a block that is not held is told', async () => {
    const { ask, blocks } = chainOf(5);
    blocks.splice(2, 4);
    await assert.rejects(ask('/RequestEntireBlockchain'), /the block of height 2 is not held here/);
  });

  test('callers together read so many pages in a second, and lengths as often as they like', async () => {
    const { ask, later } = chainOf(1);
    for (let at = 0; at < PAGES_PER_SECOND_MAX; at++) await ask('/RequestEntireBlockchain');
    await assert.rejects(
      ask('/RequestEntireBlockchain'),
      /more pages are asked for than are read in a second/,
    );
    await ask('/GetBlockChainLength');
    later();
    await ask('/RequestEntireBlockchain');
  });
});
