import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Block } from '#libs/chain/block.ts';
import { toHeight } from '#libs/chain/ids.ts';
import { branchUpon, certificateFor, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { LateApplication } from '#test/support/engine/late-application.ts';
import { AppendOnlyLog } from './append-only-log.ts';
import type { Application } from './application.ts';
import { Execution, notExecuted } from './execution.ts';

const BLOCKS = [GENESIS, ...branchUpon(GENESIS, 5, 1)].map(({ block }) => block);

/** A chain of the first blocks, some of them not held, and the reports about it. */
class Chain {
  height = 0;
  readonly missing = new Set<number>();
  readonly told: bigint[] = [];
  readonly failures: string[] = [];
  reads = 0;

  tip() {
    const block = BLOCKS[this.height] ?? GENESIS.block;
    return { ...block, certificate: certificateFor(block) };
  }

  blockAt(height: bigint): Block | undefined {
    this.reads += 1;
    return this.missing.has(Number(height)) ? undefined : BLOCKS[Number(height)];
  }

  /** A process on this chain. */
  run(application: Application): Execution {
    const executed = ({ header }: Block) => void this.told.push(header.height);
    const execution = new Execution({
      application,
      chain: this,
      executed,
      failed: (block, error) => void this.failures.push(notExecuted(block, error)),
    });
    execution.start();
    return execution;
  }

  order(execution: Execution, ...heights: readonly number[]): void {
    this.height = heights.at(-1) ?? this.height;
    execution.ordered(blocksOf(...heights));
  }
}

function blocksOf(...heights: readonly number[]): readonly Block[] {
  return heights.flatMap((height) => BLOCKS[height] ?? []);
}

describe('execution', () => {
  test('is told after the application has done a block, not when the block is ordered', () => {
    const [chain, application] = [new Chain(), new LateApplication()];
    const execution = chain.run(application);
    chain.order(execution, 1);
    assert.deepEqual([application.given, chain.told], [1n, []]);
    application.finish();
    assert.deepEqual(chain.told, [1n]);
  });

  test('goes one block after the other, and reads from the chain what was ordered meanwhile', () => {
    const [chain, application] = [new Chain(), new LateApplication()];
    const execution = chain.run(application);
    chain.order(execution, 1, 2);
    chain.order(execution, 3);
    chain.order(execution, 4);
    application.finishAll();
    assert.deepEqual(application.executed, [1n, 2n, 3n, 4n]);
    assert.deepEqual([chain.told, chain.reads], [application.executed, 2]);
  });

  test('a restart between order and execution executes what is left, each block once', () => {
    const [chain, application] = [new Chain(), new LateApplication()];
    const killed = chain.run(application);
    chain.order(killed, 1, 2, 3);
    application.finish();
    killed.stop();
    application.restart();
    chain.run(application);
    application.finishAll();
    assert.deepEqual(application.executed, [1n, 2n, 3n]);
    assert.deepEqual(chain.told, application.executed);
    chain.run(application);
    assert.equal(application.given, undefined);
  });

  test('ends with the node: what is done later is told to nobody, and nothing more is given', () => {
    const [chain, application] = [new Chain(), new LateApplication()];
    const execution = chain.run(application);
    chain.order(execution, 1, 2);
    execution.stop();
    application.finish();
    assert.deepEqual([application.executed, application.given, chain.told], [[1n], undefined, []]);
  });

  test('of the log is one step with the order, of a thousand blocks and of a snapshot', () => {
    const chain = new Chain();
    const execution = chain.run(new AppendOnlyLog(chain));
    chain.order(execution, 1, 2);
    chain.height = 4;
    execution.leapt(BLOCKS[4] ?? GENESIS.block);
    execution.filled(blocksOf(3, 4));
    chain.order(execution, 5);
    assert.deepEqual(chain.told, [1n, 2n, 4n, 3n, 4n, 5n]);
    assert.equal(chain.reads, 0);
  });

  test('after a snapshot waits for the blocks below, where the application needs each of them', () => {
    const [chain, application] = [new Chain(), new LateApplication()];
    const execution = chain.run(application);
    chain.order(execution, 1);
    application.finish();
    for (const height of [2, 3]) chain.missing.add(height);
    chain.height = 4;
    execution.leapt(BLOCKS[4] ?? GENESIS.block);
    chain.order(execution, 5);
    assert.deepEqual([application.given, chain.told], [undefined, [1n]]);
    chain.missing.clear();
    execution.filled(blocksOf(2, 3, 4));
    application.finishAll();
    assert.deepEqual(application.executed, [1n, 2n, 3n, 4n, 5n]);
    assert.deepEqual(chain.told, application.executed);
  });

  test('goes on with a block that was damaged on the disk as soon as it is put back, although nothing more is ordered', () => {
    const [chain, application] = [new Chain(), new LateApplication()];
    chain.height = 2;
    chain.missing.add(1);
    const execution = chain.run(application);
    assert.equal(application.given, undefined);
    chain.missing.clear();
    execution.filled(blocksOf(1));
    application.finishAll();
    assert.deepEqual(
      [application.executed, chain.told],
      [
        [1n, 2n],
        [1n, 2n],
      ],
    );
  });

  test('ends with an application that throws, says so once, and gives it nothing more', () => {
    const chain = new Chain();
    const given: bigint[] = [];
    const execution = chain.run({
      executedHeight: () => toHeight(0n),
      execute: ({ header }, done) => {
        given.push(header.height);
        if (header.height === 2n) throw new Error('no such account');
        done();
      },
    } as Application);
    chain.order(execution, 1, 2, 3);
    chain.order(execution, 4);
    assert.deepEqual([given, chain.told], [[1n, 2n], [1n]]);
    assert.match(
      chain.failures.join(),
      /^the application could not execute block 2: no such account; fix it/,
    );
  });

  test('takes a block for done once, however often the application says so', () => {
    const chain = new Chain();
    const given: bigint[] = [];
    const execution = chain.run({
      executedHeight: () => toHeight(0n),
      execute: ({ header }, done) => {
        given.push(header.height);
        done();
        done();
      },
    } as Application);
    chain.order(execution, 1, 2);
    assert.deepEqual(
      [given, chain.told],
      [
        [1n, 2n],
        [1n, 2n],
      ],
    );
  });

  test('needs no stack for many blocks that are executed at once', () => {
    const many = 100_000;
    let height = 0;
    const block = (at: bigint) => ({ header: { height: at } }) as Block;
    const application: Application = {
      stateAfter: () => assert.fail('no block is judged'),
      repeatsUpon: () => assert.fail('no block is judged'),
      root: 'same-block',
      fill: () => assert.fail('no block is made'),
      check: () => assert.fail('no transaction is submitted'),
      executedHeight: () => toHeight(BigInt(height)),
      execute: (_, done) => {
        height += 1;
        done();
      },
    };
    const tip = { ...new Chain().tip(), header: { ...GENESIS.block.header, height: toHeight(BigInt(many)) } };
    const chain = { tip: () => tip, blockAt: block };
    new Execution({ application, chain, executed: () => {}, failed: () => {} }).start();
    assert.equal(height, many);
  });
});

/** A chain and an application over the lives of many processes. */
class Lives {
  readonly chain = new Chain();
  readonly application = new LateApplication();
  #execution = this.chain.run(this.application);

  order(): void {
    if (this.chain.height < BLOCKS.length - 1) this.chain.order(this.#execution, this.chain.height + 1);
  }

  finish(): void {
    this.application.finish();
  }

  kill(): void {
    this.#execution.stop();
    this.application.restart();
    this.#execution = this.chain.run(this.application);
  }

  /** The application ends its block after the process has ended: nobody is told. */
  killLate(): void {
    this.#execution.stop();
    this.application.finish();
    this.kill();
  }
}

test('whatever comes when, and however often the process is killed: each block is executed once, in order, and none is told before', () => {
  const action = fc.constantFrom(
    ...['order' as const, 'finish' as const, 'kill' as const, 'killLate' as const],
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
      const lives = new Lives();
      const { chain, application } = lives;
      for (const each of actions) {
        lives[each]();
        assert.deepEqual(
          chain.told.filter((height) => !application.executed.some((done) => done === height)),
          [],
        );
      }
      application.finishAll();
      const all = BLOCKS.slice(1, chain.height + 1).map(({ header }) => header.height);
      assert.deepEqual(application.executed, all);
      assert.deepEqual([...new Set(chain.told)], chain.told, 'each is told once at most');
    }),
  );
});
