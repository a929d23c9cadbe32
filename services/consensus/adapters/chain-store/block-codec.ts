import { assert } from '#libs/assert/assert.ts';
import { type Block, type BlockHeader, sealBlock } from '#libs/chain/block.ts';
import { payloadRootOf } from '#libs/chain/block-rules.ts';
import { decodeFrontier, type Frontier } from '#libs/chain/frontier.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { Block as WireBlock, BlockHeader as WireBlockHeader } from '#libs/proto/btcfed/consensus/v1/block.ts';
import { headerFromWire, headerToWire, transactionsToWire } from '#libs/wire/block.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';

export function encodeHeader(header: BlockHeader): Uint8Array {
  return WireBlockHeader.encode(headerToWire(header)).finish();
}

/** @throws when the bytes are no header: the caller says which file is corrupt. */
export function decodeHeader(bytes: Uint8Array): BlockHeader {
  return headerFromWire(WireBlockHeader.decode(bytes), WIRE_LIMITS);
}

export function encodeTransactions(transactions: readonly Transaction[]): Uint8Array {
  return WireBlock.encode({ header: undefined, transactions: transactionsToWire(transactions) }).finish();
}

/** Views of `bytes`, in order. @throws when the bytes are none. */
function decodeTransactions(bytes: Uint8Array): readonly Transaction[] {
  return WireBlock.decode(bytes).transactions.map(transactionOf);
}

/** @throws when header and transactions are not those of one block: no bit of either may have changed on the disk. */
export function decodeBlock(header: Uint8Array, transactions: Uint8Array): Block {
  const block = sealBlock(decodeHeader(header), decodeTransactions(transactions));
  const { transactionCount, payloadRoot, height } = block.header;
  const isWhole =
    transactionCount === block.transactions.length && payloadRootOf(block.transactions) === payloadRoot;
  assert(isWhole, `the transactions of block ${height} are damaged`);
  return block;
}

/** @throws when the bytes are no frontier. */
export function decodeStoredFrontier(bytes: Uint8Array): Frontier {
  const frontier = decodeFrontier(bytes);
  assert(frontier !== undefined, 'not a frontier');
  return frontier;
}
