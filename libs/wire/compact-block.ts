import { type Block, sealBlock } from '#libs/chain/block.ts';
import { type Digest, digestAt } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { CompactBlock as WireCompactBlock } from '#libs/proto/btcfed/peer/v1/peer.ts';
import { headerFromWire, headerToWire, transactionsFromWire } from './block.ts';
import type { WireLimits } from './limits.ts';
import type { MessageReading } from './message-reading.ts';
import { demand, present } from './refusal.ts';

const HASH_BYTES = 32;

/** Names the transactions of clients, and carries those that the members made: nobody was given these before. */
export function compactBlockToWire({ header, transactions }: Block): WireCompactBlock {
  const placed = transactions.map((transaction, place) => ({ transaction, place }));
  const carried = placed.filter(({ transaction }) => transaction.kind === 'system');
  const named = transactions.filter(({ kind }) => kind !== 'system');
  return {
    header: headerToWire(header),
    hashes: hashesToBytes(named.map(({ hash }) => hash)),
    carried: carried.map(({ transaction: { bytes }, place }) => ({ place, transaction: bytes })),
  };
}

/** The whole block, of transactions that the reader holds; it remembers those that it lacks. @throws WireRefusal */
export function compactBlockFromWire(wire: WireCompactBlock, reading: MessageReading): Block {
  const { limits } = reading;
  const header = headerFromWire(present(wire.header, 'block header'), limits);
  const { transactionCount } = header;
  // Before a hash is read: a message has room for a million, and each costs the time of a string.
  demand(wire.hashes.length <= limits.namesMax * HASH_BYTES, 'too many transactions', 'block too large');
  const count = wire.hashes.length / HASH_BYTES + wire.carried.length;
  demand(transactionCount === count, 'transaction_count does not match');
  demand(transactionCount <= limits.transactionsMax, 'too many transactions', 'block too large');
  const named = hashesFromBytes(wire.hashes);
  const bodies = wire.carried.map(({ transaction }) => transaction);
  const carried = transactionsFromWire(bodies, limits, 'block too large');
  const at = new Map(wire.carried.map(({ place }, index) => [place, carried[index]]));
  const transactions: (Transaction | undefined)[] = [];
  const putCarried = (): void => {
    for (let own = at.get(transactions.length); own !== undefined; own = at.get(transactions.length))
      transactions.push(own);
  };
  putCarried();
  for (const hash of named) {
    transactions.push(reading.transactionOf(hash));
    putCarried();
  }
  demand(transactions.length === transactionCount, 'place taken twice, or behind the end');
  // Where some are lacked nobody gets to see it.
  const held = transactions.filter((each) => each !== undefined);
  demandWholeFits(held, limits);
  const block = sealBlock(header, held);
  reading.blockRead({ digest: block.digest, height: header.height, transactionCount });
  return block;
}

/**
 * A block that could not come whole is none: 32 bytes may name a transaction of megabytes, and name it again and again, and a member
 * that passes such a block on would write it out.
 * @throws WireRefusal
 */
function demandWholeFits(transactions: readonly Transaction[], { messageBytesMax }: WireLimits): void {
  const sizeBytes = transactions.reduce((sum, { bytes }) => sum + bytes.length, 0);
  demand(sizeBytes <= messageBytesMax, 'transactions of more bytes than one message', 'block too large');
}

/** Hashes one behind the other. */
export function hashesToBytes(hashes: readonly Digest[]): Uint8Array {
  return new Uint8Array(Buffer.from(hashes.join(''), 'hex'));
}

/** @throws WireRefusal unless they are whole. */
export function hashesFromBytes(bytes: Uint8Array): readonly Digest[] {
  const count = bytes.length / HASH_BYTES;
  demand(Number.isInteger(count), 'hashes of another length');
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, at) => digestAt(buffer, at * HASH_BYTES));
}
