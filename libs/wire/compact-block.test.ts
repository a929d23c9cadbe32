import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { CompactBlock } from '#libs/proto/btcfed/peer/v1/peer.ts';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { compactBlockFromWire, compactBlockToWire, hashesFromBytes, hashesToBytes } from './compact-block.ts';
import { WIRE_LIMITS } from './limits.ts';
import { MessageReading } from './message-reading.ts';
import { WireRefusal } from './refusal.ts';

const anyTransaction = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 40 }).map(transactionOf),
  fc.nat().map((number) => transactionOf(Buffer.from(`btcfed/evidence ${number}`))),
);
const anyBlock = fc.array(anyTransaction, { maxLength: 8 }).map(blockOf);

function blockOf(transactions: readonly Transaction[]): Block {
  const header = { ...GENESIS.header, height: toHeight(7n), proposer: toMemberIndex(1) };
  return sealBlock({ ...header, transactionCount: transactions.length }, transactions);
}

function overWire(block: Block): CompactBlock {
  return CompactBlock.decode(CompactBlock.encode(compactBlockToWire(block)).finish());
}

function readingWith(held: readonly Transaction[]): MessageReading {
  const byHash = new Map(held.map((each) => [each.hash, each]));
  return new MessageReading(WIRE_LIMITS, { transactions: { transactionOf: (hash) => byHash.get(hash) } });
}

/** The hashes of a block, which are all that judges it. */
function hashesOf({ transactions }: Block) {
  return transactions.map(({ hash }) => hash);
}

describe('a compact block', () => {
  test('is the block again for a reader that holds what clients sent, each transaction in its place', () => {
    fc.assert(
      fc.property(anyBlock, (block) => {
        const reading = readingWith(block.transactions.filter(({ kind }) => kind === 'application'));
        const read = compactBlockFromWire(overWire(block), reading);
        assert.deepEqual(
          [read.header, read.digest, hashesOf(read)],
          [block.header, block.digest, hashesOf(block)],
        );
        assert.equal(reading.lacking, undefined);
      }),
    );
  });

  test('carries what the members made, and of clients nothing but hashes', () => {
    fc.assert(
      fc.property(anyBlock, (block) => {
        const { hashes, carried } = overWire(block);
        const system = block.transactions.filter(({ kind }) => kind === 'system');
        assert.deepEqual(
          carried.map(({ transaction }) => transactionOf(transaction).hash),
          system.map(({ hash }) => hash),
        );
        assert.equal(hashes.length, 32 * (block.transactions.length - system.length));
      }),
    );
  });

  test('says which block lacks which transactions of a reader that holds some', () => {
    fc.assert(
      fc.property(anyBlock, fc.infiniteStream(fc.boolean()), (block, coins) => {
        const lacked = new Set(hashesOf(block).filter(() => coins.next().value));
        const reading = readingWith(block.transactions.filter(({ hash }) => !lacked.has(hash)));
        compactBlockFromWire(overWire(block), reading);
        const named = block.transactions.filter(
          ({ kind, hash }) => kind === 'application' && lacked.has(hash),
        );
        const { digest, header, transactions } = block;
        const lacking = { digest, height: header.height, transactionCount: transactions.length };
        assert.deepEqual(
          reading.lacking,
          named.length === 0 ? undefined : { ...lacking, hashes: named.map(({ hash }) => hash) },
        );
      }),
    );
  });

  const whole = ['one', 'btcfed/two', 'three'].map((text) => transactionOf(Buffer.from(text)));
  const good = overWire(blockOf(whole));
  const carried = (...places: readonly number[]) =>
    places.map((place) => ({ place, transaction: Buffer.from(`btcfed/${place}`) }));
  const counted = (count: number) => good.header && { ...good.header, transactionCount: count };
  const faults: readonly (readonly [string, Partial<CompactBlock>])[] = [
    ['no header', { header: undefined }],
    ['hashes that are cut', { hashes: good.hashes.subarray(1) }],
    ['fewer than the header says', { hashes: good.hashes.subarray(32) }],
    ['more than the header says', { header: counted(2) }],
    ['a place behind the end', { carried: carried(3) }],
    ['a place that is taken', { header: counted(4), carried: carried(1, 1) }],
    ['an empty transaction', { carried: [{ place: 1, transaction: new Uint8Array() }] }],
    [
      'more transactions than a block may have',
      {
        header: counted(WIRE_LIMITS.transactionsMax + 1),
        hashes: new Uint8Array(32 * WIRE_LIMITS.transactionsMax),
      },
    ],
  ];
  for (const [name, fault] of faults) {
    test(`with ${name} is refused`, () => {
      const read = (change: Partial<CompactBlock>) =>
        compactBlockFromWire({ ...good, ...change }, readingWith(whole));
      assert.deepEqual(hashesOf(read({})), hashesOf(blockOf(whole)));
      assert.throws(() => read(fault), WireRefusal);
    });
  }

  test('that names more bytes than could come whole is refused: a few bytes name them again and again', () => {
    const large = transactionOf(new Uint8Array(256 * 1024).fill(7));
    const fitting = Math.floor(WIRE_LIMITS.messageBytesMax / large.bytes.length);
    const read = (count: number) =>
      compactBlockFromWire(overWire(blockOf(Array(count).fill(large))), readingWith([large]));
    assert.equal(read(fitting).transactions.length, fitting);
    assert.throws(() => read(fitting + 1), WireRefusal);
  });

  test('is refused for the number of its hashes before one of them is read', () => {
    const hashes = overWire(blockOf(whole)).hashes;
    const unread = new Proxy(hashes, {
      get: (bytes, name) => (name === 'length' ? 32_000_000 : assert.fail(`${String(name)} of ${bytes}`)),
    });
    assert.throws(() => compactBlockFromWire({ ...good, hashes: unread }, readingWith(whole)), WireRefusal);
  });

  test('names as many transactions as the genesis allows, and is refused for one more before a hash of it is read', () => {
    const named = blockOf(whole.filter(({ kind }) => kind !== 'system'));
    const limited = (namesMax: number) => new MessageReading({ ...WIRE_LIMITS, namesMax });
    const lacking = limited(named.transactions.length);
    compactBlockFromWire(overWire(named), lacking);
    assert.deepEqual(lacking.lacking?.hashes, hashesOf(named));
    const reading = limited(named.transactions.length - 1);
    assert.throws(() => compactBlockFromWire(overWire(named), reading), /too many transactions/);
    assert.equal(reading.lacking, undefined);
    const none = { transactions: { transactionOf: () => assert.fail('a name was looked at') } };
    const unlooked = new MessageReading({ ...WIRE_LIMITS, namesMax: 1 }, none);
    assert.throws(() => compactBlockFromWire(overWire(named), unlooked), WireRefusal);
  });

  test('carries what the members made beside as many names as the genesis allows', () => {
    const limited = new MessageReading({ ...WIRE_LIMITS, namesMax: 2 });
    assert.equal(compactBlockFromWire(good, limited).header.transactionCount, 3);
  });

  test('may be one of a message where it lacks transactions, so that one is asked for', () => {
    const reading = readingWith([]);
    compactBlockFromWire(good, reading);
    assert.throws(() => compactBlockFromWire(good, reading), WireRefusal);
    const complete = readingWith(whole);
    compactBlockFromWire(good, complete);
    compactBlockFromWire(good, complete);
  });
});

test('hashes are read as they were written', () => {
  fc.assert(
    fc.property(anyBlock, (block) => {
      assert.deepEqual(hashesFromBytes(hashesToBytes(hashesOf(block))), hashesOf(block));
    }),
  );
});
