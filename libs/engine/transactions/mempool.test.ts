import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Digest, toMemberIndex } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import type { MempoolClient, TransactionSource } from '../ports/pooled-transaction.ts';
import { ADDED, FINAL, KNOWN, wrongSize } from '../ports/submission.ts';
import { Mempool, type TakeOptions } from './mempool.ts';
import { type MempoolLimits, mempoolLimits } from './mempool-limits.ts';

const LIMITS: MempoolLimits = {
  transactionBytesMax: 20,
  clients: { countMax: 4, bytesMax: 40 },
  members: { countMax: 5, bytesMax: 45 },
  eachMember: { countMax: 2, bytesMax: 25 },
};
const EVERYTHING: TakeOptions = { countMax: 100, bytesMax: 1_000, exclude: new Set() };
const [peer, other, third] = [1, 2, 3].map(toMemberIndex) as [never, never, never];
const tx = (text: string): Transaction => transactionOf(new Uint8Array(Buffer.from(text)));
const hashOf = (text: string): Digest => tx(text).hash;
const pool = (isFinal: (hash: Digest) => boolean = () => false) => new Mempool(LIMITS, isFinal);
const texts = (transactions: readonly Transaction[]) =>
  transactions.map(({ bytes }) => Buffer.from(bytes).toString());

describe('add', () => {
  test('takes a transaction in once, by its hash, and remembers when and from whom', () => {
    const mempool = pool();
    assert.deepEqual(mempool.add(tx('a'), 'client', 5), ADDED);
    assert.deepEqual(mempool.add(tx('a'), peer, 9), KNOWN);
    assert.deepEqual(mempool.get(hashOf('a')), {
      transaction: tx('a'),
      source: 'client',
      client: undefined,
      firstSeenMs: 5,
      traceId: undefined,
    });
    assert.equal(mempool.size, 1);
    assert.ok(mempool.has(hashOf('a')));
    assert.ok(!mempool.has(hashOf('b')));
  });

  test('takes what a member gave over for a client that gives it too, once, in the room of clients', () => {
    const mempool = pool();
    for (const text of ['a', 'b']) mempool.add(tx(text), peer, 0);
    assert.equal(mempool.add(tx('c'), peer, 0).code, 'full');
    assert.ok(mempool.adopt(hashOf('a')));
    assert.ok(!mempool.adopt(hashOf('a')));
    assert.ok(!mempool.adopt(hashOf('unknown')));
    assert.deepEqual(mempool.ownHashes(), [hashOf('a')]);
    assert.equal(mempool.add(tx('c'), peer, 0).code, 'added');
    for (const text of ['1', '2', '3']) assert.equal(mempool.add(tx(text), 'client', 0).code, 'added');
    assert.ok(!mempool.adopt(hashOf('b')));
    assert.equal(mempool.sizeBytes, 6);
    assert.deepEqual(texts([...mempool.waiting()].map(({ transaction }) => transaction)), [
      ...['a', 'b', 'c', '1', '2', '3'],
    ]);
    assert.deepEqual(texts(mempool.take(EVERYTHING)), ['b', 'a', 'c', '1', '2', '3']);
  });

  test('knows what is final', () => {
    const mempool = pool((hash) => hash === hashOf('done'));
    assert.deepEqual(mempool.add(tx('done'), 'client', 0), FINAL);
    assert.equal(mempool.size, 0);
  });

  test('refuses the empty and the too large, before it hashes them', () => {
    const mempool = pool();
    assert.deepEqual(mempool.add(tx(''), 'client', 0), wrongSize('empty', 0));
    assert.deepEqual(mempool.add(tx('x'.repeat(21)), 'client', 0), wrongSize('too-large', 21));
    assert.equal(mempool.add(tx('x'.repeat(20)), 'client', 0).code, 'added');
  });

  test('refuses what is over the count or the bytes of all members together', () => {
    const byCount = pool();
    for (const [text, source] of [
      ['1', peer],
      ['2', peer],
      ['3', other],
      ['4', other],
      ['5', third],
    ] as const) {
      assert.equal(byCount.add(tx(text), source, 0).code, 'added');
    }
    assert.equal(byCount.add(tx('6'), third, 0).code, 'full');
    assert.equal(byCount.add(tx('6'), 'client', 0).code, 'added');

    const byBytes = pool();
    assert.equal(byBytes.add(tx('a'.repeat(20)), peer, 0).code, 'added');
    assert.equal(byBytes.add(tx('b'.repeat(20)), other, 0).code, 'added');
    assert.equal(byBytes.add(tx('c'.repeat(6)), third, 0).code, 'full');
    assert.equal(byBytes.add(tx('c'.repeat(5)), third, 0).code, 'added');
  });

  test('leaves the others their part when one member floods it', () => {
    const mempool = pool();
    for (let index = 0; index < 100; index++) mempool.add(tx(`flood ${index}`), peer, 0);
    assert.equal(mempool.size, 2);
    assert.equal(mempool.add(tx('one more'), peer, 0).code, 'full');
    assert.equal(mempool.add(tx('from a client'), 'client', 0).code, 'added');
    assert.equal(mempool.add(tx('from another'), other, 0).code, 'added');
  });

  test('limits the bytes of a member too', () => {
    const mempool = pool();
    assert.equal(mempool.add(tx('a'.repeat(20)), peer, 0).code, 'added');
    assert.equal(mempool.add(tx('b'.repeat(6)), peer, 0).code, 'full');
    assert.equal(mempool.add(tx('b'.repeat(5)), peer, 0).code, 'added');
  });

  test('limits clients to their half', () => {
    const mempool = pool();
    for (let index = 0; index < 4; index++) mempool.add(tx(`${index}`), 'client', 0);
    assert.equal(mempool.add(tx('4'), 'client', 0).code, 'full');
    assert.equal(mempool.add(tx('4'), peer, 0).code, 'added');
  });

  test('keeps its own bytes: a view of a frame would keep the frame', () => {
    const frame = Buffer.from('frame with tx inside');
    const mempool = pool();
    mempool.add(transactionOf(frame.subarray(11, 13)), 'client', 0);
    const kept = mempool.get(hashOf('tx'))?.transaction;
    frame.fill(0);
    assert.deepEqual(kept, tx('tx'));
    assert.notEqual(kept?.bytes.buffer, frame.buffer);
  });
});

describe('take', () => {
  const mempool = pool();
  for (const text of ['a', 'bb', 'ccc', 'dddd']) mempool.add(tx(text), 'client', 0);
  const taken = (change: Partial<TakeOptions>) => texts(mempool.take({ ...EVERYTHING, ...change }));

  test('gives the oldest first, up to a count or a number of bytes', () => {
    assert.deepEqual(taken({}), ['a', 'bb', 'ccc', 'dddd']);
    assert.deepEqual(taken({ countMax: 2 }), ['a', 'bb']);
    assert.deepEqual(taken({ countMax: 0 }), []);
    assert.deepEqual(taken({ bytesMax: 6 }), ['a', 'bb', 'ccc']);
    assert.deepEqual(taken({ bytesMax: 5 }), ['a', 'bb']);
  });

  test('leaves out what an ancestor holds', () => {
    assert.deepEqual(taken({ exclude: new Set([hashOf('a'), hashOf('ccc')]) }), ['bb', 'dddd']);
  });

  test('lets no small transaction pass a large one that waits before it', () => {
    const waiting = pool();
    for (const text of ['large large', 's']) waiting.add(tx(text), 'client', 0);
    assert.deepEqual(waiting.take({ ...EVERYTHING, bytesMax: 5 }), []);
  });

  test('removes nothing', () => {
    assert.equal(mempool.size, 4);
  });
});

describe('the part of clients', () => {
  const clients = { countMax: 100, bytesMax: 10_000 };
  const roomy: MempoolLimits = { ...LIMITS, transactionBytesMax: 1_000, clients };
  const address = (owner: string): MempoolClient => ({ kind: 'address', owner });
  const flood = (mempool: Mempool, client: MempoolClient, sizeBytes = 20): number => {
    for (let at = 0; ; at++) {
      const text = `${client.owner} ${at}`.padEnd(sizeBytes, '.');
      if (mempool.add(tx(text), 'client', 0, { client }).code === 'full') return at;
    }
  };

  test('F-07: is never filled by one address, nor by many, neither by count nor by bytes', () => {
    for (const sizeBytes of [20, 500]) {
      const mempool = new Mempool(roomy, () => false);
      const given = ['a', 'b', 'c'].map((owner) => flood(mempool, address(owner), sizeBytes));
      const all = sizeBytes === 20 ? 75 : 15;
      assert.ok((given[0] ?? 0) <= Math.ceil(all / 2), `${given}`);
      assert.equal(mempool.add(tx('honest'), 'client', 0, { client: address('d') }).code, 'added');
      for (let owner = 0; owner < 200; owner++) flood(mempool, address(`many ${owner}`), sizeBytes);
      const key: MempoolClient = { kind: 'key', owner: 'k' };
      assert.equal(mempool.add(tx('known'), 'client', 0, { client: key }).code, 'added', 'F-34');
      assert.ok(flood(mempool, key, sizeBytes) > 1);
    }
  });

  test('F-07: comes into a block in turn, whoever gave how much before', () => {
    const mempool = new Mempool(roomy, () => false);
    flood(mempool, address('attacker'));
    mempool.add(tx('honest 1'), 'client', 0, { client: address('honest') });
    mempool.add(tx('honest 2'), 'client', 0, { client: address('honest') });
    mempool.add(tx('of a member'), peer, 0);
    const block = texts(mempool.take({ ...EVERYTHING, countMax: 4 }));
    assert.deepEqual(block.slice(1, 3), ['honest 1', 'of a member']);
    assert.equal(block.length, 4);
  });

  test('F-07: passes the turn on with each block, so that a full block leaves nobody out for ever', () => {
    const mempool = new Mempool(roomy, () => false);
    for (const owner of ['a', 'b', 'c'])
      for (const at of [1, 2]) mempool.add(tx(`${owner}${at}`), 'client', 0, { client: address(owner) });
    const blocks: string[][] = [];
    while (mempool.size > 0) {
      const block = texts(mempool.take({ ...EVERYTHING, countMax: 2 }));
      mempool.remove(block.map(hashOf));
      blocks.push(block);
    }
    assert.deepEqual(blocks, [
      ['a1', 'b1'],
      ['c1', 'a2'],
      ['b2', 'c2'],
    ]);
  });

  test('counts what a client adopts as its own, and frees it again', () => {
    const mempool = new Mempool({ ...roomy, clients: { countMax: 4, bytesMax: 400 } }, () => false);
    mempool.add(tx('given'), peer, 0);
    assert.ok(mempool.adopt(hashOf('given'), address('a')));
    flood(mempool, address('a'));
    assert.equal(mempool.add(tx('more'), 'client', 0, { client: address('a') }).code, 'full');
    mempool.remove([hashOf('given')]);
    assert.equal(mempool.add(tx('more'), 'client', 0, { client: address('a') }).code, 'added');
  });
});

describe('remove', () => {
  test('tells what was waiting, and makes room for its source again', () => {
    const mempool = pool();
    for (const text of ['a', 'b', 'c']) mempool.add(tx(text), peer, 7);
    const removed = mempool.remove([hashOf('b'), hashOf('never seen'), hashOf('b')]);
    assert.deepEqual(
      removed.map(({ transaction, firstSeenMs }) => [transaction.hash, firstSeenMs]),
      [[hashOf('b'), 7]],
    );
    assert.deepEqual(texts(mempool.take(EVERYTHING)), ['a']);
    assert.equal(mempool.add(tx('c'), peer, 0).code, 'added');
  });
});

test('stays within every bound, and keeps the order of each source, whatever happens to it', () => {
  const source = fc.constantFrom<TransactionSource>('client', peer, other, third);
  const action = fc.record({ adds: fc.boolean(), size: fc.nat(22), mark: fc.nat(30), source });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const mempool = pool();
      const model = new Map<string, { source: TransactionSource; size: number }>();
      for (const { adds, size, mark, source: from } of actions) {
        const text = `${mark}`.padStart(size, '.').slice(0, size);
        if (!adds) assert.equal(mempool.remove([hashOf(text)]).length, model.delete(text) ? 1 : 0);
        else if (mempool.add(tx(text), from, 0).code === 'added') model.set(text, { source: from, size });
        assertOrdered(texts(mempool.take(EVERYTHING)), model);
        assertBounded(mempool, [...model.values()]);
      }
    }),
  );
});

function assertOrdered(taken: string[], model: Map<string, { source: TransactionSource }>): void {
  assert.deepEqual([...taken].sort(), [...model.keys()].sort());
  for (const source of ['client', peer, other, third] as const) {
    const isOf = (text: string): boolean => model.get(text)?.source === source;
    assert.deepEqual(taken.filter(isOf), [...model.keys()].filter(isOf));
  }
}

function assertBounded(mempool: Mempool, entries: { source: TransactionSource; size: number }[]): void {
  const bytesOf = (some: typeof entries) => some.reduce((sum, { size }) => sum + size, 0);
  const ofMembers = entries.filter((entry) => entry.source !== 'client');
  assert.equal(mempool.size, entries.length);
  assert.equal(mempool.sizeBytes, bytesOf(entries));
  assert.ok(ofMembers.length <= LIMITS.members.countMax && bytesOf(ofMembers) <= LIMITS.members.bytesMax);
  assert.ok(mempool.size - ofMembers.length <= LIMITS.clients.countMax);
  for (const member of [peer, other, third]) {
    const own = entries.filter((entry) => entry.source === member);
    assert.ok(own.length <= LIMITS.eachMember.countMax && bytesOf(own) <= LIMITS.eachMember.bytesMax);
  }
}

describe('mempoolLimits', () => {
  const block = { transactionsMax: 10_000, bytesMax: 1_048_576, transactionBytesMax: 262_144 };

  test('give members their part of a half, and room for the largest transaction', () => {
    for (const members of [4, 7, 31, 512]) {
      const { eachMember, members: all } = mempoolLimits(block, members);
      assert.ok(eachMember.countMax * (members - 1) <= all.countMax);
      assert.ok(eachMember.countMax >= 90);
      assert.ok(eachMember.bytesMax >= block.transactionBytesMax);
    }
  });

  test('take no transaction that could never fit a block', () => {
    const narrow = mempoolLimits({ ...block, bytesMax: 2_000 }, 4);
    assert.equal(narrow.transactionBytesMax, 2_000);
  });
});
