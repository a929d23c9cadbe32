import { toHeight } from '#libs/chain/ids.ts';
import type { CallOptions } from '#libs/grpc/calls.ts';
import type { GetBlockRequest, GetBlockResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { blockFrom, type ClientBlock } from './answers.ts';
import { wholeBlock } from './block-pages.ts';

type GetBlock = (request: GetBlockRequest, limits?: CallOptions) => Promise<GetBlockResponse>;

/** Reads a final block, by as many calls as its transactions need. */
export function blockReading(getBlock: GetBlock) {
  return async (
    height: bigint | 'latest',
    headerOnly: boolean,
    limits?: CallOptions,
  ): Promise<ClientBlock> => {
    const wanted = height === 'latest' ? 0n : toHeight(height);
    const answer = await getBlock(
      { height: wanted, latest: height === 'latest', headerOnly, firstTransaction: 0 },
      limits,
    );
    const next = (at: bigint, firstTransaction: number) =>
      getBlock({ height: at, latest: false, headerOnly: false, firstTransaction }, limits);
    return blockFrom(await wholeBlock(answer, next), headerOnly);
  };
}
