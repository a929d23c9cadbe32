import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '#libs/chain/block.ts';
import { toHeight } from '#libs/chain/ids.ts';
import type { WatchResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { watchBlockToApi } from '#services/consensus/adapters/wire/wire-api.ts';
import { MemoryChain } from '#test/support/chain/memory-chain.ts';
import type { WatchedBlock } from './answers.ts';
import { type ResumingWatch, resumingWatch } from './resuming-watch.ts';

const policy = { backoffMsMin: 1, backoffMsMax: 4, silenceMsMax: 60_000 };
const broken = new Error('connection lost');

function chainOf(length: number): MemoryChain {
  const chain = new MemoryChain();
  for (let height = 1; height <= length; height++) chain.append(Buffer.from(`transaction ${height}`));
  return chain;
}

function blockAt(chain: MemoryChain, height: number): Block {
  return chain.blockAt(toHeight(BigInt(height))) ?? assert.fail();
}

const created = (startHeight: bigint): WatchResponse => ({
  header: undefined,
  body: { $case: 'created', value: { startHeight } },
});
const blockMessage = (block: Block): WatchResponse => ({
  header: undefined,
  body: { $case: 'block', value: watchBlockToApi(block, true) },
});
const progress: WatchResponse = { header: undefined, body: { $case: 'progress', value: { height: 0n } } };

/** A watch whose streams are told beforehand; the last thing of a stream may be an error. */
function scripted(
  streams: readonly (readonly (WatchResponse | Error)[])[],
  options: Partial<ResumingWatch> = {},
): { readonly blocks: AsyncGenerator<WatchedBlock, void, void>; readonly asked: bigint[] } {
  const asked: bigint[] = [];
  const caller = new AbortController();
  async function* open(startHeight: bigint): AsyncGenerator<WatchResponse, void, void> {
    const stream = streams[asked.length];
    asked.push(startHeight);
    if (stream === undefined) return caller.abort();
    for (const each of stream) {
      if (each instanceof Error) throw each;
      yield each;
    }
  }
  const block = () => assert.fail('every block of these has room in a message');
  const watch = {
    open,
    block,
    mayResume: () => true,
    startHeight: 1n,
    signal: caller.signal,
    policy,
    ...options,
  };
  return { blocks: resumingWatch(watch), asked };
}

async function heightsOf(blocks: AsyncIterable<WatchedBlock>): Promise<number[]> {
  const heights: number[] = [];
  for await (const { header } of blocks) heights.push(Number(header.height));
  return heights;
}

describe('resumingWatch', () => {
  test('goes on with the next height after a stream that broke or just ended', async () => {
    const chain = chainOf(4);
    const at = (height: number): WatchResponse => blockMessage(blockAt(chain, height));
    const { blocks, asked } = scripted([
      [created(1n), at(1), at(2), broken],
      [broken],
      [created(3n), at(3), progress],
      [created(4n), at(4)],
    ]);
    assert.deepEqual(await heightsOf(blocks), [1, 2, 3, 4]);
    assert.deepEqual(asked, [1n, 3n, 3n, 4n, 5n]);
  });

  test('resumes "from now on" where the first stream said that now was', async () => {
    const chain = chainOf(3);
    const { blocks, asked } = scripted(
      [
        [created(3n), broken],
        [created(3n), blockMessage(blockAt(chain, 3))],
      ],
      { startHeight: 0n },
    );
    assert.deepEqual(await heightsOf(blocks), [3]);
    assert.deepEqual(asked, [0n, 3n, 4n]);
  });

  test('hands transactions and digests over as they are', async () => {
    const chain = chainOf(1);
    const { value } = await scripted([[created(1n), blockMessage(blockAt(chain, 1))]]).blocks.next();
    const { header, digest, transactions } = blockAt(chain, 1);
    assert.ok(value);
    assert.deepEqual({ header: value.header, digest: value.digest }, { header, digest });
    assert.deepEqual(
      value.transactions,
      transactions.map(({ bytes }) => Uint8Array.from(bytes)),
    );
    assert.equal(value.transactionHashes.length, 1);
  });

  test('passes on an error that is not worth another try', async () => {
    const { blocks, asked } = scripted([[created(1n), broken]], { mayResume: () => false });
    await assert.rejects(heightsOf(blocks), broken);
    assert.deepEqual(asked, [1n]);
  });

  test('gives up after a long silence and says where to resume', async () => {
    const chain = chainOf(1);
    const silent = { ...policy, silenceMsMax: 5 };
    const streams = [[created(1n), blockMessage(blockAt(chain, 1))], ...Array<Error[]>(50).fill([broken])];
    await assert.rejects(heightsOf(scripted(streams, { policy: silent }).blocks), {
      detail: { code: 'CLIENT_WATCH_LOST', resumeHeight: 2n },
    });
  });

  test('ends when its owner wants it to, even between two tries', async () => {
    const owner = new AbortController();
    const slow = { ...policy, backoffMsMin: 60_000, backoffMsMax: 60_000 };
    const heights = heightsOf(scripted([[broken]], { signal: owner.signal, policy: slow }).blocks);
    setImmediate(() => owner.abort());
    assert.deepEqual(await heights, []);
  });

  const chain = chainOf(3);
  const fork = new MemoryChain();
  fork.append(Buffer.from('another past'));
  fork.append();
  const changed = watchBlockToApi(blockAt(chain, 1), false);
  for (const [name, stream] of [
    ['a gap', [created(1n), blockMessage(blockAt(chain, 2))]],
    ['a height twice', [created(1n), blockMessage(blockAt(chain, 1)), blockMessage(blockAt(chain, 1))]],
    ['another start', [created(2n)]],
    [
      'a block of another past',
      [created(1n), blockMessage(blockAt(chain, 1)), blockMessage(blockAt(fork, 2))],
    ],
    [
      'hashes that do not fit the header',
      [
        created(1n),
        { header: undefined, body: { $case: 'block', value: { ...changed, transactionHashes: [] } } },
      ],
    ],
    [
      'a block without a header',
      [{ header: undefined, body: { $case: 'block', value: { ...changed, block: undefined } } }],
    ],
  ] as const) {
    test(`refuses ${name}`, async () => {
      await assert.rejects(heightsOf(scripted([stream]).blocks), {
        detail: { code: 'CLIENT_ANSWER_INVALID' },
      });
    });
  }
});
