import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { areOneChain, blocksOf, heightsOf } from './chain.ts';

type Blocks = readonly (readonly [hash: string, transactions: number])[];

/** A node that has these blocks from height 1 on, and answers as one of 0.38 does. */
async function nodeWith(blocks: Blocks, { shows = (height: number) => height } = {}) {
  const calls: unknown[] = [];
  const answerTo = ({ method, params }: { method: string; params: Record<string, string> }): unknown => {
    calls.push(params);
    if (method === 'status')
      return { sync_info: { latest_block_height: String(blocks.length), catching_up: false } };
    const [min, max] = [Number(params['minHeight']), Number(params['maxHeight'])];
    const metas = blocks
      .map(([hash, count], index) => ({
        block_id: { hash },
        header: { height: String(shows(index + 1)), data_hash: 'AA' },
        num_txs: String(count),
      }))
      .filter((_, index) => index + 1 >= min && index + 1 <= max);
    return { block_metas: metas.toReversed() };
  };
  const server = createServer(async (request, response) => {
    response.end(
      JSON.stringify({ jsonrpc: '2.0', id: 0, result: answerTo(JSON.parse(await text(request))) }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const place = server.address();
  assert.ok(typeof place === 'object' && place !== null);
  const dispose = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { address: `127.0.0.1:${place.port}`, calls, [Symbol.dispose]: dispose };
}

const chainOf = (length: number): Blocks =>
  Array.from({ length }, (_, index) => [`A${index}`.padEnd(4, '0'), index]);

describe('the chain of a node', () => {
  test('is read whole, in order, twenty blocks a call', async () => {
    using node = await nodeWith(chainOf(45));
    const blocks = await blocksOf(node.address, 3n, 45n);
    assert.deepEqual([blocks.length, blocks[0]?.height, blocks.at(-1)?.height], [42, 4n, 45n]);
    assert.deepEqual(blocks[0]?.transactions, 3);
    assert.equal(node.calls.length, 3);
    assert.deepEqual(await blocksOf(node.address, 45n, 45n), []);
  });

  test('is refused where a block is missing', async () => {
    using node = await nodeWith(chainOf(3));
    await assert.rejects(blocksOf(node.address, 0n, 4n), /shows 3 blocks above 0, up to 4/);
    using odd = await nodeWith(chainOf(3), { shows: (height) => height + 1 });
    await assert.rejects(blocksOf(odd.address, 0n, 3n), /shows block 2, not 1/);
  });

  test('is not there when the node does not answer', async () => {
    const node = await nodeWith(chainOf(3));
    node[Symbol.dispose]();
    await assert.rejects(heightsOf([node.address]), { detail: { code: 'COMETBFT_NODE_FAILED' } });
  });
});

describe('the chains of nodes', () => {
  test('are one when they have the same blocks, as far as all have them', async () => {
    using first = await nodeWith(chainOf(25));
    using second = await nodeWith(chainOf(24));
    assert.equal(await areOneChain([first.address, second.address]), true);
    assert.deepEqual(await heightsOf([first.address, second.address]), [25n, 24n]);
  });

  test('are several when one block is another', async () => {
    const other = chainOf(25).with(22, ['BB', 22]);
    using first = await nodeWith(chainOf(25));
    using second = await nodeWith(other);
    assert.equal(await areOneChain([first.address, second.address]), false);
  });
});
