import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '#libs/chain/block.ts';
import { digestOf } from '#libs/chain/digest.ts';
import { type Digest, toDigest, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { MemoryTracer } from '#libs/tracing/memory-tracer.ts';
import { blockUpon, bytes, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { memberSpanId, transactionTraceId } from '../../core/span-ids.ts';
import type { ClientCall, ClientHandlers } from '../client/client-call.ts';
import { tracedHandlers } from './client-spans.ts';
import { SPAN_LIMITS } from './limits.ts';
import { TransactionSpans } from './transaction-spans.ts';

const CHAIN = toDigest('ab'.repeat(32));
const CLIENT = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const DECISION = { traceId: 'd'.repeat(32), spanId: 'e'.repeat(16) };
const nameOf = (index: number): string => `m${index}`;
const hashOf = (text: string): Digest => digestOf(bytes(text));
const PAID = hashOf('paid');
const PLACE = { traceId: transactionTraceId(PAID), spanId: memberSpanId(transactionTraceId(PAID), 'm0') };

function following() {
  const tracer = new MemoryTracer();
  const blocks = new Map<Digest, Block>();
  const transactions = new TransactionSpans({
    ...{ tracer, chain: CHAIN, member: 'm0', nameOf },
    decisions: { placeOf: () => DECISION },
    blockOf: (digest) => blocks.get(digest),
  });
  const { block } = blockUpon(GENESIS, 1, ['paid']);
  const at = (ms: number, what: () => void): void => {
    tracer.clockMs = ms;
    what();
  };
  const propose = (proposed = block): void => {
    blocks.set(proposed.digest, proposed);
    transactions.step({ name: 'block_added', view: toView(1n), digest: proposed.digest });
  };
  const certify = (phase: string): void =>
    transactions.step({ name: `${phase}_qc_validated`, view: toView(1n), digest: block.digest });
  return { tracer, transactions, block, at, propose, certify };
}

describe('P2P-93 the spans of a transaction', () => {
  test('tell of its way: waiting, in a block, certified, ordered, executed', () => {
    const { tracer, transactions, block, at, propose, certify } = following();
    at(1, () => transactions.waits(PAID, 'client'));
    at(2, () => transactions.gossiped([PAID, hashOf('other')], 'all'));
    at(5, propose);
    at(6, () => certify('prepare'));
    at(7, () => certify('prepare'));
    at(8, () => certify('commit'));
    at(9, () => transactions.ordered([block]));
    at(12, () => transactions.executed(block));
    assert.deepEqual(
      tracer.spans.map(({ name, startMs, endMs, parent }) => [name, startMs, endMs, parent]),
      [
        ['mempool', 1, 5, PLACE.spanId],
        ['in block', 5, 9, PLACE.spanId],
        ['execute', 9, 12, PLACE.spanId],
        ['transaction', 1, 12, undefined],
      ],
    );
    const [whole, inBlock] = [tracer.named('transaction')[0], tracer.named('in block')[0]];
    assert.deepEqual([whole?.place, whole?.links], [PLACE, [DECISION]]);
    assert.deepEqual(whole?.facts, {
      ...{ 'btcfed.transaction': PAID, 'btcfed.member': 'm0', 'btcfed.source': 'client' },
      ...{ 'btcfed.height': 1, 'btcfed.index': 0 },
    });
    assert.deepEqual(whole?.events, [{ name: 'gossiped', atMs: 2, facts: { 'btcfed.peer': 'all' } }]);
    assert.deepEqual(
      inBlock?.events?.map(({ atMs, facts }) => [atMs, facts?.['btcfed.phase']]),
      [
        [6, 'prepare'],
        [8, 'commit'],
      ],
    );
    assert.deepEqual([inBlock?.facts?.['btcfed.block'], inBlock?.links], [block.digest, [DECISION]]);
  });

  test('of one that came with a block, or that another member gave, say so', () => {
    const sources = [(each: TransactionSpans) => each.waits(PAID, toMemberIndex(2)), () => {}].map((come) => {
      const { tracer, transactions, block, propose } = following();
      come(transactions);
      propose();
      transactions.ordered([block]);
      transactions.executed(block);
      return [tracer.named('transaction')[0]?.facts?.['btcfed.source'], tracer.named('mempool').length];
    });
    assert.deepEqual(sources, [
      ['m2', 1],
      ['block', 0],
    ]);
  });

  test('are told once, of what this member saw before it was ordered, and of nothing that it fetches', () => {
    const { tracer, transactions, block } = following();
    transactions.ordered([block]);
    transactions.executed(block);
    assert.deepEqual(tracer.spans, []);
    transactions.waits(PAID, 'client');
    transactions.ordered([block]);
    transactions.executed(block);
    transactions.executed(block);
    assert.equal(tracer.named('transaction').length, 1);
  });

  test('are not made of a trace that is not recorded', () => {
    const { tracer, transactions, block, propose } = following();
    tracer.unrecorded.add(PLACE.traceId);
    transactions.waits(PAID, 'client');
    propose();
    transactions.ordered([block]);
    transactions.executed(block);
    assert.deepEqual([tracer.spans, transactions.gossiped([PAID], 'all')], [[], undefined]);
  });

  test('are bounded: the oldest gives way, one that a block brings does not come in, and both are counted', () => {
    const { tracer, transactions, block, propose } = following();
    const { transactionsMax } = SPAN_LIMITS;
    for (let at = 0; at < transactionsMax; at++) transactions.waits(hashOf(`${at}`), 'client');
    propose();
    assert.equal(tracer.leftOutCount, 1);
    transactions.waits(PAID, 'client');
    assert.equal(tracer.leftOutCount, 2);
    assert.equal(transactions.gossiped([hashOf('0')], 'all'), undefined);
    transactions.ordered([block]);
    transactions.executed(block);
    assert.equal(tracer.named('transaction').length, 1);
  });

  test('have as many events of its spreading as are kept, and no more', () => {
    const { tracer, transactions, block } = following();
    transactions.waits(PAID, 'client');
    for (let count = 0; count < 100; count++) transactions.gossiped([PAID], toMemberIndex(1));
    transactions.ordered([block]);
    transactions.executed(block);
    assert.equal(tracer.named('transaction')[0]?.events?.length, SPAN_LIMITS.gossipsMax);
  });
});

function callOf(more: Partial<ClientCall> = {}): ClientCall {
  const caller = { kind: 'address', owner: 'here' } as unknown as ClientCall['caller'];
  return { signal: new AbortController().signal, caller, ...more };
}

/** The API of a member that takes what it is given, unless it is told otherwise. */
function served(take: () => void = () => {}) {
  const { tracer, transactions, block, propose } = following();
  const handlers = {
    submitTransaction: async () => {
      take();
      transactions.waits(PAID, 'client');
      return {};
    },
    waitTransaction: async () => ({ height: 1n }),
  } as unknown as ClientHandlers;
  const traced = tracedHandlers(handlers, { tracer, transactions });
  const submit = (call = callOf()) => traced.submitTransaction({ transaction: bytes('paid') }, call);
  return { tracer, transactions, traced, submit, block, propose };
}

describe('P2P-93 the span of a call about a transaction', () => {
  test('is in the trace of a client that records one, and linked with the transaction both ways', async () => {
    const { tracer, transactions, submit, block } = served();
    await submit(callOf({ callerPlace: { ...CLIENT, isSampled: true } }));
    const [call] = tracer.named('SubmitTransaction');
    assert.deepEqual(
      [call?.place.traceId, call?.parent, call?.kind],
      [CLIENT.traceId, CLIENT.spanId, 'server'],
    );
    assert.deepEqual(call?.links, [PLACE]);
    transactions.ordered([block]);
    transactions.executed(block);
    assert.deepEqual(tracer.named('transaction')[0]?.links, [call?.place, DECISION]);
  });

  test('is in that of the transaction for all others: without a header, and with one that records nothing', async () => {
    for (const call of [callOf(), callOf({ callerPlace: { ...CLIENT, isSampled: false } })]) {
      const { tracer, transactions, submit, traced, block } = served();
      await submit(call);
      await traced.waitTransaction({ transactionHash: Buffer.from(PAID, 'hex') }, call);
      for (const name of ['SubmitTransaction', 'WaitTransaction']) {
        const [span] = tracer.named(name);
        assert.deepEqual([span?.place.traceId, span?.parent, span?.links], [PLACE.traceId, PLACE.spanId, []]);
      }
      transactions.ordered([block]);
      transactions.executed(block);
      assert.deepEqual(tracer.named('transaction')[0]?.links, [DECISION]);
    }
  });

  test('is made where the transaction is recorded alone: a client makes nobody record', async () => {
    const { tracer, submit } = served();
    tracer.unrecorded.add(PLACE.traceId);
    await submit(callOf({ callerPlace: { ...CLIENT, isSampled: true } }));
    assert.deepEqual(tracer.spans, []);
  });

  test('tells of a refusal, which the client gets as it is; a hash that is none is left to the API', async () => {
    const { tracer, submit, traced } = served(() => {
      throw new Error('the mempool is full');
    });
    await assert.rejects(submit(), /the mempool is full/);
    assert.equal(tracer.named('SubmitTransaction')[0]?.fault, 'the mempool is full');
    await traced.waitTransaction({ transactionHash: new Uint8Array(3) }, callOf());
    assert.equal(tracer.spans.length, 1);
  });
});
