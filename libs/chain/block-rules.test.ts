import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toHex } from '#libs/bytes/hex.ts';
import { type Block, type BlockHeader, sealBlock } from './block.ts';
import { type BlockContext, blockFault, buildBlock, judgeBlock } from './block-rules.ts';
import { EMPTY_FRONTIER } from './frontier.ts';
import { genesisBlock } from './genesis-block.ts';
import type { HeaderRule } from './header-rules.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView, ZERO_DIGEST } from './ids.ts';
import { emptyRoot, merkleRoot } from './merkle.ts';
import { onceInChain, type RepeatRule } from './repeats.ts';
import { stateLeafOf } from './state-leaf.ts';
import { type Transaction, transactionFault, transactionOf } from './transaction.ts';

const genesis = genesisBlock({ genesisTimeMs: 1_000n });
const LIMITS = { transactionsMax: 3, bytesMax: 20, transactionBytesMax: 10 };
const tx = (text: string): Transaction => transactionOf(new Uint8Array(Buffer.from(text)));

function built(transactions: readonly Transaction[], parent: Block = genesis, frontier = EMPTY_FRONTIER) {
  return buildBlock({
    parent,
    frontier,
    view: toView(parent.header.view + 2n),
    epoch: toEpoch(0n),
    proposer: toMemberIndex(1),
    nowMs: 2_000n,
    transactions,
  });
}

const rising: HeaderRule = (parent, header) =>
  header.view > parent.view ? undefined : 'view not above its parent';

function context(change: Partial<BlockContext> = {}): BlockContext {
  return {
    parent: genesis,
    frontier: EMPTY_FRONTIER,
    limits: LIMITS,
    epoch: toEpoch(0n),
    repeats: onceInChain(() => false),
    follows: rising,
    ...change,
  };
}

describe('genesisBlock', () => {
  test('has height 0, view 0, no parent and empty roots (HS-04)', () => {
    const empty = toHex(emptyRoot());
    assert.equal(genesis.header.height, 0n);
    assert.equal(genesis.header.view, 0n);
    assert.equal(genesis.header.parent, ZERO_DIGEST);
    assert.equal(genesis.header.payloadRoot, empty);
    assert.equal(genesis.header.stateRoot, empty);
    assert.deepEqual(genesis.transactions, []);
  });

  test('differs by the start of the chain', () => {
    assert.notEqual(genesisBlock({ genesisTimeMs: 1_001n }).digest, genesis.digest);
  });
});

describe('buildBlock', () => {
  test('makes blocks that judgeBlock accepts, one upon another, with the state of all', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 6 }), (counts) => {
        let parent: Block = genesis;
        let frontier = EMPTY_FRONTIER;
        const all: Transaction[] = [];
        for (const count of counts) {
          const transactions = Array.from({ length: count }, (_, index) => tx(`${all.length}-${index}`));
          const next = built(transactions, parent, frontier);
          assert.deepEqual(judgeBlock(next.block, context({ parent, frontier })), {
            ok: true,
            frontier: next.frontier,
          });
          all.push(...transactions);
          assert.equal(next.block.header.stateRoot, toHex(merkleRoot(all.map(stateLeafOf))));
          parent = next.block;
          frontier = next.frontier;
        }
      }),
    );
  });
});

describe('blockFault (HS-26)', () => {
  const { block } = built([tx('a'), tx('b')]);

  test('accepts a block, and an empty block (HS-43)', () => {
    assert.equal(blockFault(block, context()), undefined);
    assert.equal(blockFault(built([]).block, context()), undefined);
  });

  test('F-64: HS-15 takes any timestamp, for no clock of anybody decides (DECISIONS 74)', () => {
    for (const timestampMs of [0n, 1n, 2n ** 64n - 1n]) {
      const other = sealBlock({ ...block.header, timestampMs }, block.transactions);
      assert.equal(blockFault(other, context()), undefined);
    }
  });

  const wrong: readonly (readonly [string, Partial<BlockHeader>])[] = [
    ['wrong parent', { parent: toDigest('1'.repeat(64)) }],
    ['wrong height', { height: toHeight(2n) }],
    ['wrong height', { height: toHeight(0n) }],
    ['wrong epoch', { epoch: toEpoch(1n) }],
    ['view not above its parent', { view: toView(0n) }],
    ['wrong transaction count', { transactionCount: 1 }],
    ['wrong payload root', { payloadRoot: toDigest('1'.repeat(64)) }],
    ['wrong state root', { stateRoot: toDigest('1'.repeat(64)) }],
  ];
  for (const [fault, change] of wrong) {
    test(`refuses ${fault}: ${Object.keys(change)} ${Object.values(change)}`.slice(0, 70), () => {
      const other = sealBlock({ ...block.header, ...change }, block.transactions);
      assert.equal(blockFault(other, context()), fault);
    });
  }

  test('asks the rule of the protocol, whichever it is, with the parent and the header', () => {
    const asked: unknown[] = [];
    const follows: HeaderRule = (...headers) => {
      asked.push(headers);
      return 'a view for each height';
    };
    assert.equal(blockFault(block, context({ follows })), 'a view for each height');
    assert.deepEqual(asked, [[genesis.header, block.header]]);
  });

  test('leaves the extension of the protocol to that rule, and refuses all others', () => {
    const faultOf = (tag: number, follows?: HeaderRule) => {
      const { header, transactions } = block;
      const saying = { ...header, extensions: [{ tag, content: Uint8Array.of(1) }] };
      return blockFault(sealBlock(saying, transactions), context(follows && { follows }));
    };
    assert.equal(faultOf(2), undefined);
    assert.equal(
      faultOf(2, () => 'not understood'),
      'not understood',
    );
    assert.equal(faultOf(1), 'header extension 1, for which this chain has no rule');
    assert.equal(faultOf(3), 'header extension 3, for which this chain has no rule');
  });

  test('F-71: refuses a block under the digest of another', () => {
    const [one, other] = [built([tx('a')]).block, built([tx('b')]).block];
    assert.equal(blockFault({ ...one, digest: other.digest }, context()), 'digest of another header');
  });

  test('refuses transactions in another order than their root', () => {
    const other = sealBlock(block.header, block.transactions.toReversed());
    assert.equal(blockFault(other, context()), 'wrong payload root');
  });

  for (const [fault, transactions] of [
    ['too many transactions', ['a', 'b', 'c', 'd']],
    ['too many bytes', ['a234567890', 'b234567890', 'c']],
    ['too-large transaction', ['a2345678901']],
    ['empty transaction', ['']],
    ['repeated transaction', ['a', 'b', 'a']],
    ['reserved transaction that nobody knows', ['a', 'btcfed/', 'b']],
    ['reserved transaction that nobody knows', ['btcfed/x']],
  ] as const) {
    test(`refuses ${fault}: ${transactions.join(' ')}`, () => {
      assert.equal(blockFault(built(transactions.map(tx)).block, context()), fault);
    });
  }

  describe('and its openers', () => {
    const [large, small] = [tx('a transaction above every limit'), tx('b')];
    const openers = [
      { transaction: large, missing: 'no large one' },
      { transaction: small, missing: 'no small one' },
    ];
    const faultOf = (...transactions: readonly Transaction[]) =>
      blockFault(built(transactions).block, context({ openers }));

    test('accepts those that it must begin with, in order, and counts them for no limit', () => {
      assert.equal(faultOf(large, small), undefined);
      assert.equal(faultOf(large, small, tx('1'), tx('2'), tx('3')), undefined);
      assert.equal(faultOf(large, small, tx('1'), tx('2'), tx('3'), tx('4')), 'too many transactions');
      assert.equal(faultOf(large, small, tx('1'), tx('a transaction too large')), 'too-large transaction');
    });

    test('refuses a block without one of them, or in another order, for the first that is not in its place', () => {
      assert.equal(faultOf(), 'no large one');
      assert.equal(faultOf(small, large), 'no large one');
      assert.equal(faultOf(tx('1'), large, small), 'no large one');
      assert.equal(faultOf(large), 'no small one');
      assert.equal(faultOf(large, tx('1'), small), 'no small one');
    });

    test('refuses one of them a second time', () => {
      assert.equal(faultOf(large, small, small), 'repeated transaction');
    });
  });

  test('accepts a block that is exactly at its limits', () => {
    assert.equal(blockFault(built([tx('a234567890'), tx('b234567890')]).block, context()), undefined);
    assert.equal(blockFault(built([tx('a'), tx('b'), tx('c')]).block, context()), undefined);
  });

  test('refuses a transaction that is final or in an ancestor', () => {
    const known = tx('b').hash;
    assert.equal(
      blockFault(block, context({ repeats: onceInChain((hash) => hash === known) })),
      'transaction of an earlier block',
    );
  });

  test('asks the rule against repeats, whichever it is: here the last byte of transactions must ascend', () => {
    const numbered: RepeatRule = {
      faultOf: (transactions) => {
        const numbers = transactions.map(({ bytes }) => bytes.at(-1) ?? 0);
        const isAscending = numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? 0));
        return isAscending ? undefined : 'number out of order';
      },
    };
    const faultOf = (...texts: readonly string[]) =>
      blockFault(built(texts.map(tx)).block, context({ repeats: numbered }));
    assert.equal(faultOf('x1', 'x2'), undefined);
    assert.equal(faultOf('x2', 'x1'), 'number out of order');
  });

  test('refuses a state root over another past', () => {
    const { frontier } = built([tx('z')]);
    assert.equal(blockFault(block, context({ frontier })), 'wrong state root');
  });
});

describe('transaction', () => {
  test('is named by its SHA-256', () => {
    assert.equal(tx('abc').hash, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  test('has from one byte to the limit', () => {
    assert.equal(transactionFault(tx(''), 10), 'empty');
    assert.equal(transactionFault(tx('a'), 10), undefined);
    assert.equal(transactionFault(tx('1234567890'), 10), undefined);
    assert.equal(transactionFault(tx('12345678901'), 10), 'too-large');
  });
});
