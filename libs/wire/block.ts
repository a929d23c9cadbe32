import { compactTogether } from '#libs/bytes/compact-bytes.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { type Block, type BlockHeader, sealBlock } from '#libs/chain/block.ts';
import { extensionsFault, type HeaderExtension } from '#libs/chain/header-extensions.ts';
import {
  type Digest,
  digestBytes,
  type MemberIndex,
  toDigest,
  toEpoch,
  toHeight,
  toMemberIndex,
  toView,
} from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import type {
  Block as WireBlock,
  BlockHeader as WireBlockHeader,
} from '#libs/proto/btcfed/consensus/v1/block.ts';
import type { Fault } from '#libs/protocol/module.ts';
import type { WireLimits } from './limits.ts';
import { demand, present } from './refusal.ts';

const DIGEST_BYTES = 32;

/** @throws WireRefusal unless it is 32 bytes. */
export function digestFromWire(bytes: Uint8Array, field: string): Digest {
  demand(bytes.length === DIGEST_BYTES, `${field} is not 32 bytes`);
  return toDigest(toHex(bytes));
}

/** @throws WireRefusal `malformed` for an index that no federation reaches. */
export function memberFromWire(index: number, limits: WireLimits): MemberIndex {
  demand(index < limits.membersMax, 'member index out of range');
  return toMemberIndex(index);
}

export function headerToWire(header: BlockHeader): WireBlockHeader {
  return {
    height: header.height,
    epoch: header.epoch,
    view: header.view,
    proposer: header.proposer,
    timestampMs: header.timestampMs,
    parentDigest: digestBytes(header.parent),
    payloadRoot: digestBytes(header.payloadRoot),
    stateRoot: digestBytes(header.stateRoot),
    transactionCount: header.transactionCount,
    extensions: header.extensions,
  };
}

/** @throws WireRefusal */
export function headerFromWire(wire: WireBlockHeader, limits: WireLimits): BlockHeader {
  return {
    height: toHeight(wire.height),
    epoch: toEpoch(wire.epoch),
    view: toView(wire.view),
    proposer: memberFromWire(wire.proposer, limits),
    timestampMs: wire.timestampMs,
    parent: digestFromWire(wire.parentDigest, 'parent_digest'),
    payloadRoot: digestFromWire(wire.payloadRoot, 'payload_root'),
    stateRoot: digestFromWire(wire.stateRoot, 'state_root'),
    transactionCount: wire.transactionCount,
    extensions: extensionsFromWire(wire.extensions),
  };
}

function extensionsFromWire(extensions: readonly HeaderExtension[]): readonly HeaderExtension[] {
  const fault = extensionsFault(extensions);
  demand(fault === undefined, fault ?? '');
  // Copies: a header is kept for longer than the message that it came in.
  return extensions.map(({ tag, content }) => ({ tag, content: new Uint8Array(content) }));
}

export function blockToWire({ header, transactions }: Block): WireBlock {
  return { header: headerToWire(header), transactions: transactionsToWire(transactions) };
}

/**
 * A whole block. Its digest is computed here and never read. Its transactions share one buffer, which holds no more than them: copy
 * one that you keep for longer than the block. The chain checks them against `payload_root`.
 * @throws WireRefusal
 */
export function blockFromWire(wire: WireBlock | undefined, limits: WireLimits): Block {
  const { header, transactions } = present(wire, 'block');
  const ours = headerFromWire(present(header, 'block header'), limits);
  demand(ours.transactionCount === transactions.length, 'transaction_count does not match');
  return sealBlock(ours, transactionsFromWire(transactions, limits, 'block too large'));
}

export function transactionsToWire(transactions: readonly Transaction[]): readonly Uint8Array[] {
  return transactions.map(({ bytes }) => bytes);
}

/**
 * Transactions, once their number and sizes are within bounds; they keep each other in memory, and nothing else of the message.
 * @throws WireRefusal
 */
export function transactionsFromWire(
  transactions: readonly Uint8Array[],
  limits: WireLimits,
  fault?: Fault,
): readonly Transaction[] {
  demand(transactions.length <= limits.transactionsMax, 'too many transactions', fault);
  for (const { length } of transactions) {
    demand(length > 0, 'empty transaction');
    demand(length <= limits.transactionBytesMax, 'transaction too large', fault);
  }
  return compactTogether(transactions).map(transactionOf);
}
