import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import { digestBytes, toMemberIndex } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { Node } from '#libs/engine/node.ts';
import { FinalChannel } from '#libs/engine/ports/final-channel.ts';
import { MemoryBus } from '#libs/events/memory-bus.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { TransactionState } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import {
  blockUpon,
  bytes,
  CHAIN_DIGEST,
  certificateFor,
  GENESIS,
} from '#test/support/chain/chain-fixture.ts';
import { bookOf } from '#test/support/chain/membership.ts';
import { anybody } from '#test/support/consensus/callers.ts';
import { memoryMember } from '#test/support/consensus/client-ports.ts';
import { LateApplication } from '#test/support/engine/late-application.ts';
import { sealed } from '#test/support/hotstuff/sealed.ts';
import { clientApi } from './client-api.ts';
import { EventOutbox } from './event-outbox.ts';
import { ExecutedChain } from './executed-chain.ts';
import { openChainStore } from './open-chain-store.ts';

const MEMBERS = 4;
const OTHER = toMemberIndex(2);
const TEXT = 'apple';
const HASH = transactionOf(bytes(TEXT)).hash;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'executed-chain-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** One process of a member whose chain.db and whose application outlive it. All signatures hold for it. */
class Process implements AsyncDisposable {
  readonly store = openChainStore({
    path: join(folder, 'chain.db'),
    genesis: GENESIS.block,
    chainDigest: CHAIN_DIGEST,
    protocol: HOTSTUFF,
    member: 'm1',
  });
  readonly final = new FinalChannel();
  readonly moments: string[] = [];
  readonly bus: MemoryBus;
  readonly node: Node;
  readonly #api: ReturnType<typeof clientApi>;
  readonly #outbox: EventOutbox;

  constructor(application: LateApplication, bus: MemoryBus) {
    this.bus = bus;
    this.final.listen({
      ordered: (blocks) => this.moments.push(...blocks.map(({ header }) => `ordered ${header.height}`)),
      executed: ({ header }) => this.moments.push(`executed ${header.height}`),
    });
    this.node = new Node({ ...this.#world(), application });
    const chain = new ExecutedChain(this.store, application);
    const { final } = this;
    const { ports } = memoryMember();
    const mempool = { ...ports.mempool, pending: chain.ordered.bind(chain) };
    this.#api = clientApi({ ...ports, chain, final, mempool });
    const facts = { member: 'alpha', ofTransactions: true };
    this.#outbox = new EventOutbox({ source: chain, final, bus, facts, log: memoryLogger() });
  }

  #world() {
    const { store, final } = this;
    const timing = { viewTimeoutMs: 1_000, viewTimeoutMsMax: 1_000 };
    const limits = { transactionsMax: 10, bytesMax: 1_000, transactionBytesMax: 100 };
    const verifier = {
      verify: (_: unknown, done: (ok: boolean) => void) => done(true),
      verifyVotes: (_: unknown, done: (ok: boolean) => void) => done(true),
      trust: () => {},
    };
    return {
      ...{ name: 'm1', book: bookOf(store, GENESIS.block.digest, MEMBERS), record: undefined, guests: [] },
      rules: {
        chain: CHAIN_DIGEST,
        protocolOf: () => HOTSTUFF,
        limits,
        timingOf: () => timing,
        founders: MEMBERS,
      },
      ...{ chain: store, snapshots: store.snapshots, snapshotBlocks: undefined, evidence: store.evidence },
      peers: { connected: () => [], send: () => {} },
      ...{ meet: () => {}, joined: () => {}, muted: () => {}, steadyMs: () => 0 },
      clock: { nowMs: () => 0, after: () => () => {} },
      ...{ final, monitor: SILENT },
      enterEpoch: () => ({
        signer: { sign: () => {} },
        timers: { set: () => {}, cancel: () => {} },
        verifierOf: () => verifier,
      }),
    };
  }

  async start(): Promise<void> {
    await this.#api.start();
    await this.#outbox.start();
    this.node.start();
    await settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.node.stop();
    await this.#api.stop();
    await this.#outbox.stop();
    this.store.close();
  }

  /** Another member proves that a block is decided. */
  async decide({ block, frontier }: BlockWithFrontier): Promise<void> {
    this.store.putBlock(block, frontier);
    const certificate = certificateFor(block);
    this.node.hear(OTHER, { ok: true, body: sealed({ kind: 'certificate', certificate }) });
    await settled();
  }

  wait() {
    return this.#api.handlers.waitTransaction({ transactionHash: digestBytes(HASH) }, call());
  }

  async stateOf(): Promise<TransactionState> {
    return (await this.receipt()).state;
  }

  receipt() {
    return this.#api.handlers.getTransaction({ transactionHash: digestBytes(HASH) }, call());
  }

  async submit(): Promise<TransactionState> {
    return (await this.#api.handlers.submitTransaction({ transaction: bytes(TEXT) }, call())).state;
  }

  get facts(): readonly string[] {
    return this.bus.published.map(({ subject }) => subject.split('.').slice(-4, -1).join('.'));
  }
}

/** A wait that is never answered fails the test within seconds. */
const WAIT_MS = 10_000;

const call = () => ({
  signal: new AbortController().signal,
  caller: anybody,
  deadline: new Date(Date.now() + WAIT_MS),
});
const FACTS = ['consensus.block.committed', 'consensus.transaction.final'];

const SILENT = new Proxy({} as ConstructorParameters<typeof Node>[0]['monitor'], { get: () => () => {} });

async function settled(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await turn();
}

async function newBus(): Promise<MemoryBus> {
  const bus = new MemoryBus({ network: 'main', member: 'alpha' });
  await bus.start();
  return bus;
}

describe('an application that executes later than consensus orders', () => {
  test('the wait, the facts and the receipt come after the execution; until then the transaction waits', async () => {
    const application = new LateApplication();
    await using member = new Process(application, await newBus());
    await member.start();
    let answer: unknown;
    const waiting = member.wait().then((position) => (answer = position));
    await member.decide(blockUpon(GENESIS, 1, [TEXT]));
    assert.equal(member.store.tip().height, 1n, 'ordered, and durable');
    assert.deepEqual(member.moments, ['ordered 1']);
    assert.deepEqual([answer, member.facts], [undefined, []]);
    assert.equal(await member.stateOf(), TransactionState.PENDING);
    assert.equal(await member.submit(), TransactionState.PENDING);
    assert.equal((await member.receipt()).header?.finalHeight, 0n, 'executed height');
    application.finish();
    await waiting;
    await settled();
    assert.deepEqual(member.moments, ['ordered 1', 'executed 1']);
    const { header: _, ...position } = Object(answer);
    assert.deepEqual(position, { height: 1n, index: 0 });
    assert.deepEqual(member.facts, FACTS);
    assert.equal(await member.stateOf(), TransactionState.FINAL);
    assert.equal(await member.submit(), TransactionState.FINAL);
  });

  test('a restart between the two executes what was ordered, once, and tells of it then', async () => {
    const application = new LateApplication();
    const bus = await newBus();
    const first = blockUpon(GENESIS, 1, ['pear']);
    {
      await using killed = new Process(application, bus);
      await killed.start();
      await killed.decide(first);
      application.finish();
      await settled();
      await killed.decide(blockUpon(first, 2, [TEXT]));
      assert.deepEqual(killed.moments, ['ordered 1', 'executed 1', 'ordered 2']);
    }
    application.restart();
    await using member = new Process(application, bus);
    await member.start();
    assert.equal(await member.stateOf(), TransactionState.PENDING);
    const waiting = member.wait();
    assert.deepEqual([member.moments, member.facts], [[], FACTS]);
    application.finishAll();
    assert.equal((await waiting).height, 2n);
    await settled();
    assert.deepEqual(application.executed, [1n, 2n]);
    assert.deepEqual([member.moments, member.facts], [['executed 2'], [...FACTS, ...FACTS]]);
  });
});
