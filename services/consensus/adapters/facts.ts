import { Encoder } from '#libs/bytes/encoder.ts';
import { sha256Hex } from '#libs/bytes/sha256.ts';
import type { Block } from '#libs/chain/block.ts';
import { type Digest, digestBytes } from '#libs/chain/ids.ts';

import type { Fact } from '#libs/events/bus.ts';
import type { FactName } from '#libs/events/subjects.ts';
import { BlockCommitted, TransactionFinal } from '#libs/proto/btcfed/event/v1/event.ts';

const ID_TAG = 'btcfed/event/v1';
const BLOCK_COMMITTED = { service: 'consensus', noun: 'block', event: 'committed' } as const;
const TRANSACTION_FINAL = { service: 'consensus', noun: 'transaction', event: 'final' } as const;

/** Hashes in the fact of one block: with its headers below the 1 MiB that a NATS server takes unless told otherwise. */
const HASHES_MAX = 16_384;

export interface FactOptions {
  /** Name of this member. */
  readonly member: string;
  /** Whether each transaction has a fact of its own. */
  readonly ofTransactions: boolean;
}

/** The facts of one final block, in the order they are published. Made one by one: a block may have many. */
export function* factsOfBlock(
  block: Block,
  { member, ofTransactions }: FactOptions,
): Generator<Fact, void, void> {
  yield blockCommitted(block, member);
  if (!ofTransactions) return;
  for (const [index, { hash }] of block.transactions.entries()) {
    yield transactionFinal(block, { index, hash, member });
  }
}

function blockCommitted(block: Block, member: string): Fact {
  const { height, stateRoot, view, proposer, transactionCount } = block.header;
  const body = BlockCommitted.encode({
    height,
    blockDigest: digestBytes(block.digest),
    stateRoot: digestBytes(stateRoot),
    view,
    proposer,
    transactionCount,
    transactionHashes: block.transactions.slice(0, HASHES_MAX).map(({ hash }) => digestBytes(hash)),
  }).finish();
  const id = factId(block, { name: BLOCK_COMMITTED, index: 0, member });
  return { ...BLOCK_COMMITTED, id, about: `${height}`, body };
}

interface FactPlace {
  readonly name: FactName;
  readonly index: number;
  readonly member: string;
}

interface Place {
  readonly index: number;
  readonly hash: Digest;
  readonly member: string;
}

function transactionFinal(block: Block, { index, hash, member }: Place): Fact {
  const { height } = block.header;

  const body = TransactionFinal.encode({ transactionHash: digestBytes(hash), height, index }).finish();
  const id = factId(block, { name: TRANSACTION_FINAL, index, member });
  return { ...TRANSACTION_FINAL, id, about: hash, body };
}

/**
 * SHA-256 over member, name, block and position. The member is part of it because a fact is one member's:
 * the same block of another member is another fact, which a stream of all members must not drop.
 */
function factId({ digest }: Block, { name, index, member }: FactPlace): string {
  const encoder = new Encoder().text(ID_TAG).text(member).text(`${name.noun}.${name.event}`);
  return sha256Hex(encoder.fixed(digestBytes(digest), 32).u32(index).finish());
}
