import { BLOCKS_A_CALL } from './limits.ts';
import { ask } from './rpc.ts';
import { type BlockSummary, heightIn, summariesIn } from './rpc-answers.ts';

/** The newest final height of each node. */
export function heightsOf(addresses: readonly string[]): Promise<readonly bigint[]> {
  return Promise.all(
    addresses.map(async (address) => heightIn(await ask(address, { method: 'status', params: {} }))),
  );
}

/** All blocks of a node above `below`, up to `height`, in order. @throws Error where one is missing. */
export async function blocksOf(
  address: string,
  below: bigint,
  height: bigint,
): Promise<readonly BlockSummary[]> {
  const blocks: BlockSummary[] = [];
  for (let from = below + 1n; from <= height; from += BigInt(BLOCKS_A_CALL)) {
    const last = from + BigInt(BLOCKS_A_CALL) - 1n;
    const to = last < height ? last : height;
    const params = { minHeight: String(from), maxHeight: String(to) };
    blocks.push(...summariesIn(await ask(address, { method: 'blockchain', params })).toReversed());
  }
  blocks.forEach((block, index) => {
    const expected = below + 1n + BigInt(index);
    if (block.height !== expected) throw new Error(`${address} shows block ${block.height}, not ${expected}`);
  });
  if (blocks.length !== Number(height - below))
    throw new Error(`${address} shows ${blocks.length} blocks above ${below}, up to ${height}`);
  return blocks;
}

/** Whether all nodes have the same block at each height up to that which all have. */
export async function areOneChain(addresses: readonly string[]): Promise<boolean> {
  const heights = await heightsOf(addresses);
  const height = heights.reduce((least, each) => (each < least ? each : least));
  const chains = await Promise.all(addresses.map((address) => blocksOf(address, 0n, height)));
  return chains.every((chain) => chain.every(({ hash }, index) => hash === chains[0]?.[index]?.hash));
}
