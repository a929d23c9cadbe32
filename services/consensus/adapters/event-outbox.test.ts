import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { digestBytes, toHeight } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { Fact } from '#libs/events/bus.ts';
import { MemoryBus } from '#libs/events/memory-bus.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { BlockCommitted, TransactionFinal } from '#libs/proto/btcfed/event/v1/event.ts';
import { MemoryChain } from '#test/support/chain/memory-chain.ts';
import type { EventSource } from '../core/ports.ts';
import { EventOutbox, type OutboxBus } from './event-outbox.ts';
import { ExecutedChain } from './executed-chain.ts';
import { OUTBOX_LIMITS } from './outbox-limits.ts';

const apple = Buffer.from('apple');
const pear = Buffer.from('pear');

/** A bus that can go away, or say nothing. */
class FakeBus implements OutboxBus {
  readonly facts: Fact[] = [];
  readonly #listeners = new Set<() => void>();
  state: 'there' | 'away' | 'silent' = 'there';
  attempts = 0;
  inFlight = 0;
  inFlightMax = 0;
  /** Goes away after so many facts. */
  factsLeft = Number.POSITIVE_INFINITY;

  async publishFact(fact: Fact): Promise<void> {
    this.attempts += 1;
    if (this.factsLeft === 0) this.state = 'away';
    if (this.state === 'away') throw new Error('no connection');
    if (this.state === 'silent') return new Promise(() => {});
    this.factsLeft -= 1;
    this.facts.push(fact);
    this.inFlight += 1;
    this.inFlightMax = Math.max(this.inFlightMax, this.inFlight);
    await turn();
    this.inFlight -= 1;
  }

  onConnected(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  comeBack(): void {
    this.state = 'there';
    this.factsLeft = Number.POSITIVE_INFINITY;
    for (const listener of this.#listeners) listener();
  }
}

/** A bus of the library, as alpha has it, in memory. */
async function libraryBus(): Promise<MemoryBus> {
  const bus = new MemoryBus({ network: 'main', member: 'alpha' });
  await bus.start();
  return bus;
}

/** A member whose application executes when told, and that may find blocks damaged. */
function laggingMember() {
  const chain = new MemoryChain();
  const bus = new FakeBus();
  const damaged = new Set<bigint>();
  const blockAt = chain.blockAt.bind(chain);
  chain.blockAt = (height) => (damaged.has(height) ? undefined : blockAt(height));
  let executed = toHeight(0n);
  const execute = (height: bigint): void => {
    executed = toHeight(height);
    chain.final.executed(blockAt(executed) ?? assert.fail());
  };
  const executing = new ExecutedChain(chain, { executedHeight: () => executed });
  return { chain, bus, damaged, execute, source: Object.assign(executing, { final: chain.final }) };
}

function outbox(
  chain: EventSource & Pick<MemoryChain, 'final'>,
  bus: OutboxBus,
  limits: Partial<typeof OUTBOX_LIMITS> = {},
) {
  const log = memoryLogger();
  const parts = {
    source: chain,
    final: chain.final,
    bus,
    facts: { member: 'alpha', ofTransactions: true },
    log,
    limits: { ...OUTBOX_LIMITS, ...limits },
  };
  return { log, box: new EventOutbox(parts) };
}

async function until(holds: () => boolean): Promise<void> {
  for (let turns = 0; !holds(); turns++) {
    assert.ok(turns < 10_000, 'does not come to hold');
    await turn();
  }
}

/** Waits until the bus has taken so many facts, and has answered the last of them. */
async function published(bus: FakeBus, count: number): Promise<void> {
  await until(() => bus.facts.length === count && bus.inFlight === 0);
  await turn();
}

const nameOf = ({ noun, event, about }: Fact): string => `${noun}.${event} ${about}`;

describe('EventOutbox', () => {
  test('publishes each block and then its transactions, in order', async () => {
    const chain = new MemoryChain();
    const bus = new FakeBus();
    chain.append(apple, pear);
    const { box } = outbox(chain, bus);
    await box.start();
    await published(bus, 3);
    chain.append();
    await published(bus, 4);
    await box.stop();
    assert.deepEqual(bus.facts.map(nameOf), [
      'block.committed 1',
      `transaction.final ${transactionOf(apple).hash}`,
      `transaction.final ${transactionOf(pear).hash}`,
      'block.committed 2',
    ]);
  });

  test('knows how many blocks wait for a bus that is away', async () => {
    const chain = new MemoryChain();
    const bus = new FakeBus();
    bus.state = 'away';
    chain.append(apple);
    chain.append(pear);
    const { box, log } = outbox(chain, bus, { retryMsMin: 60_000, retryMsMax: 60_000 });
    assert.equal(box.blocksWaiting, 2n);
    await box.start();
    await until(() => log.lines.length === 1);
    await turn();
    bus.comeBack();
    await published(bus, 4);
    // The bus has a fact before the outbox hears so.
    await until(() => box.blocksWaiting === 0n);
    await box.stop();
  });

  test('says in the bodies what became final', async () => {
    const chain = new MemoryChain();
    const bus = new FakeBus();
    const { header, digest } = chain.append(apple, pear);
    const { box } = outbox(chain, bus);
    await box.start();
    await published(bus, 3);
    await box.stop();
    const [block, , second] = bus.facts;
    assert.deepEqual(BlockCommitted.decode(block?.body ?? assert.fail()), {
      height: 1n,
      blockDigest: digestBytes(digest),
      stateRoot: digestBytes(header.stateRoot),
      view: header.view,
      proposer: header.proposer,
      transactionCount: 2,
      transactionHashes: [apple, pear].map((each) => digestBytes(transactionOf(each).hash)),
    });
    assert.deepEqual(TransactionFinal.decode(second?.body ?? assert.fail()), {
      transactionHash: digestBytes(transactionOf(pear).hash),
      height: 1n,
      index: 1,
    });
  });

  test('reads no block back that it just heard of, and all that it missed', async () => {
    const chain = new MemoryChain();
    const bus = new FakeBus();
    chain.append(apple);
    const blockAt = chain.blockAt.bind(chain);
    const read: bigint[] = [];
    chain.blockAt = (height) => {
      read.push(height);
      return blockAt(height);
    };
    const { box } = outbox(chain, bus);
    await box.start();
    await published(bus, 2);
    chain.append(pear);
    await published(bus, 4);
    await box.stop();
    assert.deepEqual(read, [1n]);
    assert.deepEqual(bus.facts.slice(2).map(nameOf), [
      'block.committed 2',
      `transaction.final ${transactionOf(pear).hash}`,
    ]);
  });

  test('goes on after a restart where it stopped', async () => {
    const chain = new MemoryChain();
    const first = new FakeBus();
    chain.append(apple);
    const before = outbox(chain, first);
    await before.box.start();
    await published(first, 2);
    await before.box.stop();
    assert.equal(chain.eventCursor(), 1n);

    chain.append(pear);
    const second = new FakeBus();
    const after = outbox(chain, second);
    await after.box.start();
    await published(second, 2);
    await after.box.stop();
    assert.deepEqual(second.facts.map(nameOf), [
      'block.committed 2',
      `transaction.final ${transactionOf(pear).hash}`,
    ]);
  });

  test('gives a fact the same id each time, and no two facts the same', async () => {
    const chain = new MemoryChain();
    chain.append(apple, apple);
    chain.append();
    const ids: string[][] = [];
    for (let run = 0; run < 2; run++) {
      chain.setEventCursor(toHeight(0n));
      const bus = new FakeBus();
      const { box } = outbox(chain, bus);
      await box.start();
      await published(bus, 4);
      await box.stop();
      ids.push(bus.facts.map(({ id }) => id));
    }
    assert.deepEqual(ids[0], ids[1]);
    assert.equal(new Set(ids[0]).size, 4);
  });

  test('waits while the bus is away and says so once, then publishes all that it missed', async () => {
    const chain = new MemoryChain();
    const bus = new FakeBus();
    bus.state = 'away';
    chain.append(apple);
    const { box, log } = outbox(chain, bus, { retryMsMin: 60_000, retryMsMax: 60_000 });
    await box.start();
    await until(() => log.lines.length === 1);
    const { attempts } = bus;
    assert.equal(box.lag().blocks, 1n);
    for (let block = 0; block < 20; block++) chain.append();
    await turn();
    assert.ok(box.lag().blocks === 21n && box.lag().waitMs > 0, 'F-44: what waits is shown');
    assert.equal(bus.attempts, attempts);
    assert.equal(chain.eventCursor(), 0n);
    bus.comeBack();
    await published(bus, 22);
    await box.stop();
    assert.deepEqual(box.lag(), { blocks: 0n, waitMs: 0 });
    assert.deepEqual(
      log.lines.map(({ message }) => message),
      ['event bus away, facts wait in the chain', 'event bus back, facts go on'],
    );
    assert.equal(chain.eventCursor(), 21n);
  });

  test('tries again by itself when nothing tells that the bus is back', async () => {
    const chain = new MemoryChain();
    const bus = new FakeBus();
    bus.state = 'away';
    chain.append();
    const { box } = outbox(chain, bus, { retryMsMin: 1, retryMsMax: 2 });
    await box.start();
    await until(() => bus.attempts > 0);
    bus.state = 'there';
    await new Promise((resolve) => setTimeout(resolve, 20));
    await published(bus, 1);
    await box.stop();
  });

  test('repeats a block from its beginning when the bus went away within it', async () => {
    const chain = new MemoryChain();
    const bus = new FakeBus();
    bus.factsLeft = 2;
    chain.append(apple, pear);
    const { box } = outbox(chain, bus, { inFlightMax: 1, retryMsMin: 60_000 });
    await box.start();
    await until(() => bus.state === 'away');
    await turn();
    bus.comeBack();
    await published(bus, 5);
    await box.stop();
    const ids = bus.facts.map(({ id }) => id);
    assert.deepEqual(ids.slice(0, 2), ids.slice(2, 4));
    assert.equal(new Set(ids).size, 3);
  });

  test('keeps no more facts on their way than allowed', async () => {
    const chain = new MemoryChain();
    const bus = new FakeBus();
    chain.append(...Array.from({ length: 50 }, (_, at) => Buffer.from(`transaction ${at}`)));
    const { box } = outbox(chain, bus, { inFlightMax: 8 });
    await box.start();
    await published(bus, 51);
    await box.stop();
    assert.equal(bus.inFlightMax, 8);
  });

  test('makes its cursor durable now and then, and at the end', async () => {
    const chain = new MemoryChain();
    const bus = new FakeBus();
    let writes = 0;
    const save = chain.setEventCursor.bind(chain);
    chain.setEventCursor = (height) => {
      writes += 1;
      save(height);
    };
    const { box } = outbox(chain, bus);
    await box.start();
    for (let block = 0; block < 30; block++) chain.append();
    await published(bus, 30);
    assert.equal(writes, 0);
    await box.stop();
    assert.equal(writes, 1);
    assert.equal(chain.eventCursor(), 30n);
  });

  test('stops although the bus never answers, and counts nothing as published', async () => {
    const chain = new MemoryChain();
    const bus = new FakeBus();
    bus.state = 'silent';
    chain.append();
    const { box } = outbox(chain, bus);
    await box.start();
    await until(() => bus.attempts === 1);
    await box.stop();
    assert.equal(chain.eventCursor(), 0n);
    assert.equal(chain.final.listeners, 0);
  });

  test('F-06: waits at a block that is damaged, says so once, and goes on in order when it was fetched again', async () => {
    const chain = new MemoryChain();
    const bus = new FakeBus();
    chain.append();
    chain.append();
    const blockAt = chain.blockAt.bind(chain);
    let asked = 0;
    chain.blockAt = (height) => {
      asked += 1;
      return height === 1n && asked < 5 ? undefined : blockAt(height);
    };
    const { box, log } = outbox(chain, bus, { retryMsMax: 1 });
    await box.start();
    await published(bus, 2);
    await box.stop();
    assert.deepEqual(bus.facts.map(nameOf), ['block.committed 1', 'block.committed 2']);
    assert.equal(log.lines.filter(({ level }) => level === 'warn').length, 1);
  });

  test('waits for the damaged block at the executed height, and goes on when it was fetched again', async () => {
    const { chain, bus, damaged, execute, source } = laggingMember();
    for (let height = 1; height <= 3; height++) chain.append();
    execute(2n);
    damaged.add(2n);
    const { box, log } = outbox(source, bus, { retryMsMax: 60_000 });
    await box.start();
    await published(bus, 1);
    await until(() => log.lines.length === 1);
    damaged.clear();
    execute(3n);
    await published(bus, 3);
    await box.stop();
    assert.deepEqual(bus.facts.map(nameOf), ['block.committed 1', 'block.committed 2', 'block.committed 3']);
    assert.deepEqual(
      log.lines.map(({ level, message, fields }) => [level, message, fields['height']]),
      [
        ['warn', 'facts wait for a block that is fetched again', 2n],
        ['info', 'block that facts waited for is there, facts go on', 2n],
      ],
    );
    assert.equal(chain.eventCursor(), 3n);
  });

  test('needs no block whose facts were published, damaged or not', async () => {
    const { chain, bus, damaged, execute, source } = laggingMember();
    chain.append();
    chain.append();
    execute(1n);
    damaged.add(1n);
    chain.setEventCursor(toHeight(1n));
    const { box, log } = outbox(source, bus);
    await box.start();
    execute(2n);
    await published(bus, 1);
    await box.stop();
    assert.deepEqual([bus.facts.map(nameOf), log.lines], [['block.committed 2'], []]);
  });

  test('fills a bus of the library, whose readers drop what comes twice', async () => {
    const chain = new MemoryChain();
    const bus = await libraryBus();
    chain.append(apple);
    for (let run = 0; run < 2; run++) {
      chain.setEventCursor(toHeight(0n));
      const { box } = outbox(chain, bus);
      await box.start();
      await turn();
      await turn();
      await box.stop();
    }
    assert.deepEqual(
      bus.published.map(({ subject }) => subject),
      ['btcfed.main.alpha.consensus.block.committed.v1', 'btcfed.main.alpha.consensus.transaction.final.v1'],
    );
  });

  test('waits at a gap below a snapshot, and goes on in order once its blocks are there', async () => {
    const chain = new MemoryChain();
    for (const transaction of [apple, Buffer.from('2'), Buffer.from('3')]) chain.append(transaction);
    chain.hidden = { from: toHeight(2n), to: toHeight(2n) };
    const bus = await libraryBus();
    const { box } = outbox(chain, bus);
    await box.start();
    for (let i = 0; i < 5; i++) await turn();
    assert.equal(bus.published.length, 2, 'the facts of block 1');
    chain.hidden = undefined;
    chain.append(Buffer.from('4'));
    await until(() => bus.published.length === 8);
    await box.stop();
    assert.equal(chain.eventCursor(), 4n);
  });

  test('ends, and nothing else does, when the store cannot be read or written any more', async () => {
    const chain = new MemoryChain();
    chain.append(apple);
    chain.setEventCursor = chain.blockAt = () => {
      throw new Error('disk full');
    };
    const { box, log } = outbox(chain, new FakeBus());
    await box.start();
    await until(() => log.lines.some(({ message }) => message === 'no more facts are published'));
    await box.stop();
  });
});
