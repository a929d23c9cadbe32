import type { Block, BlockHeader } from '#libs/chain/block.ts';
import { type Digest, type Height, toDigest, toHeight } from '#libs/chain/ids.ts';
import type { BlockRange } from '#libs/engine/ports/block-range.ts';
import { HttpError } from '#libs/http/http-error.ts';
import type { HttpAnswer, HttpRoute } from '#libs/http/route.ts';
import type { FinalChain } from '../../../core/ports.ts';
import { BLOCKS_PER_BODY_MAX } from '../peers/limits.ts';
import { ENTIRE_SCHEMA, MISSING_SCHEMA } from './chain-schemas.ts';
import { BLOCK_PAGE_BYTES_MAX } from './limits.ts';
import type { PageBudget } from './page-budget.ts';
import { bodyOf, NOTHING, ok } from './route-words.ts';

/** The final chain as callers may read it, and the way from a digest to its height. */
export interface RouteChain extends Pick<FinalChain, 'tip' | 'blockAt' | 'certifiedBlock'> {
  /** The header with this digest, final or not. */
  headerOf(digest: Digest): BlockHeader | undefined;
}

export interface ChainRoutesOptions {
  readonly chain: RouteChain;
  /** A range as members give it each other, in JSON. */
  readonly rangeJson: (range: BlockRange) => RangeJson;
}

/** `blocksResponse` of btcfed.peer.v1 as proto3 JSON. */
export interface RangeJson {
  readonly blocks?: readonly unknown[];
  readonly commitCertificate?: unknown;
  readonly descendants?: readonly unknown[];
}

/** TinyWeb's words for a caller whose chain is another: it asks for all of this one. */
export const OUT_OF_SYNC = 'Blockchains shared no hashes, completely out of sync';

/** The chain as TinyWeb's nodes ask for it; every page is proved by its certificate. */
export function chainRoutes(options: ChainRoutesOptions, pages: PageBudget): readonly HttpRoute[] {
  const { chain } = options;
  const missing = (path: string): HttpRoute => ({
    ...{ method: 'POST', path, schema: MISSING_SCHEMA },
    summary: 'Blocks above that of lastHash, newest first, in pages of 50 blocks and 1 MiB.',
    handle: ({ body }) => missingBlocks(options, bodyOf(body)),
  });
  return [
    {
      ...{ method: 'POST', path: '/GetBlockChainLength', schema: NOTHING },
      summary: 'The height of the newest final block.',
      handle: () => ok({ chainLength: Number(chain.tip().height) }),
    },
    {
      ...{ method: 'POST', path: '/BlockChainLastHash', schema: NOTHING },
      summary: 'The digest of the newest final block.',
      handle: () => ok({ lastHash: chain.tip().digest }),
    },
    pages.bound(missing('/MissingBlockRequeset')),
    pages.bound(missing('/MissingBlockRequest')),
    pages.bound({
      ...{ method: 'POST', path: '/RequestEntireBlockchain', schema: ENTIRE_SCHEMA },
      summary: 'The chain from a height on, oldest first, in pages of 50 blocks and 1 MiB.',
      handle: ({ body }) => entireChain(options, bodyOf(body)),
    }),
  ];
}

function missingBlocks(
  { chain, rangeJson }: ChainRoutesOptions,
  body: ReadonlyMap<string, unknown>,
): HttpAnswer {
  const known = chain.headerOf(toDigest(String(body.get('lastHash'))));
  const isShared = known !== undefined && chain.blockAt(known.height)?.digest === body.get('lastHash');
  if (!isShared) return ok({ response: OUT_OF_SYNC });
  const { height: tip } = chain.tip();
  const before = body.get('before');
  const highest = typeof before === 'number' && BigInt(before) <= tip ? BigInt(before) - 1n : tip;
  const blocks: Block[] = [];
  for (let height = highest; height > known.height; height -= 1n) {
    const block = heldBlock(chain, toHeight(height));
    if (!fits([...blocks, block])) break;
    blocks.push(block);
  }
  if (blocks.length === 0) return ok({ response: { missingBlocks: [] }, before: null });
  const { blocks: ascending = [], ...proof } = rangeJson(rangeUp(chain, blocks.toReversed()));
  const lowest = blocks.at(-1)?.header.height ?? 0n;
  return ok({
    response: { missingBlocks: ascending.toReversed(), ...proof },
    before: lowest > known.height + 1n ? Number(lowest) : null,
  });
}

function entireChain(
  { chain, rangeJson }: ChainRoutesOptions,
  body: ReadonlyMap<string, unknown>,
): HttpAnswer {
  const { height: tip } = chain.tip();
  const from = BigInt(Number(body.get('fromHeight') ?? 1));
  const blocks: Block[] = [];
  for (let height = from; height <= tip; height += 1n) {
    const block = heldBlock(chain, toHeight(height));
    if (!fits([...blocks, block])) break;
    blocks.push(block);
  }
  const next = from + BigInt(blocks.length);
  const nextHeight = blocks.length > 0 && next <= tip ? Number(next) : null;
  const response = blocks.length === 0 ? { blocks: [] } : rangeJson(rangeUp(chain, blocks));
  return ok({ response, nextHeight, chainLength: Number(tip) });
}

/** Whether blocks fit a page together; the first always does, and all are of one epoch, whose certificate proves them. */
function fits(blocks: readonly Block[]): boolean {
  const [first] = blocks;
  const isOfOne = blocks.every(({ header }) => header.epoch === first?.header.epoch);
  const bytes = blocks
    .flatMap(({ transactions }) => transactions)
    .reduce((sum, own) => sum + own.bytes.length, 0);
  return (
    blocks.length <= 1 || (isOfOne && blocks.length <= BLOCKS_PER_BODY_MAX && bytes <= BLOCK_PAGE_BYTES_MAX)
  );
}

function heldBlock(chain: RouteChain, height: Height): Block {
  return chain.blockAt(height) ?? notHeld(`the block of height ${height}`);
}

/** @param blocks - Ascending, at least one. */
function rangeUp(chain: RouteChain, blocks: readonly Block[]): BlockRange {
  const height = blocks.at(-1)?.header.height;
  const proof = height === undefined ? undefined : chain.certifiedBlock(height);
  const { certificate, descendants } = proof ?? notHeld('the certificate of these blocks');
  return { blocks, certificate, descendants };
}

function notHeld(what: string): never {
  const error = `${what} is not held here: this member began from a snapshot, or its disk lost it`;
  throw new HttpError({ status: 503, error, field: '', cure: 'ask another member, or come again later' });
}
