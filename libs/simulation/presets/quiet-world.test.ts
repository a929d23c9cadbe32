import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { Findings } from '../checks/findings.ts';
import { SILENT } from '../checks/observe.ts';
import { hostedHotStuff } from '../hotstuff/nodes/hosted-hotstuff.ts';
import { quietPlan, steadyDelay } from '../plan/quiet-plan.ts';
import { NoChance } from '../time/no-chance.ts';
import { honestObservers } from './honest-observers.ts';
import { QuietWorld } from './quiet-world.ts';

const MEMBERS = 4;

function quietWorld() {
  const plan = quietPlan(MEMBERS);
  /** The nodes that told a monitor of the test of a view. */
  const told = new Set<number>();
  const world = new QuietWorld({
    subject: hostedHotStuff(),
    plan,
    random: new NoChance(),
    fit: ({ monitor, ...ports }, node) => {
      return { ...ports, monitor: { ...monitor, entered: () => void told.add(node) } };
    },
    observerOf: () => () => SILENT,
  });
  const lives = () => Array.from({ length: MEMBERS }, (_, node) => world.life(toMemberIndex(node)));
  const heights = () => lives().map(({ chain }) => chain.tip().header.height);
  return { world, plan, told, lives, heights };
}

describe('a world in which nothing goes wrong by itself', () => {
  test('starts its nodes, and decides what a test submits, in no time', () => {
    const { world, told, lives, heights } = quietWorld();
    world.settle();
    for (const text of ['one', 'two']) {
      lives()[0]?.submit(transactionOf(Buffer.from(text)));
      world.settle();
    }
    assert.deepEqual([heights(), world.nowMs], [Array(MEMBERS).fill(2n), 0]);
    assert.deepEqual([...told].sort(), [0, 1, 2, 3], 'each has the ports that the test gave it');
  });

  test('has no clients: time alone makes no block', () => {
    const { world, heights } = quietWorld();
    world.settle();
    world.pass(60_000);
    assert.deepEqual([heights(), world.nowMs], [Array(MEMBERS).fill(0n), 60_000]);
  });

  test('has links that a test makes slower while it runs', () => {
    const { world, plan, lives, heights } = quietWorld();
    world.settle();
    plan.delay = steadyDelay(10);
    lives()[0]?.submit(transactionOf(Buffer.from('one')));
    const isFinal = (): boolean => heights().every((height) => height === 1n);
    assert.equal(world.until(isFinal, 60), false);
    assert.equal(world.until(isFinal, 60), true);
    assert.ok(world.nowMs > 60 && world.nowMs <= 120);
  });

  test('is watched by the checkers of the simulator', () => {
    const found: Pick<Findings, 'violations'>[] = [];
    const world = new QuietWorld({
      subject: hostedHotStuff(),
      plan: quietPlan(MEMBERS),
      random: new NoChance(),
      fit: ({ monitor, ...ports }, node) => {
        const entered = (): void => (node === 2 ? monitor.halted('by a test') : undefined);
        return { ...ports, monitor: { ...monitor, entered } };
      },
      observerOf: (ground) => {
        const { findings, observerOf } = honestObservers(ground);
        found.push(findings);
        return observerOf;
      },
    });
    world.settle();
    const violations = found.flatMap((findings) => findings.violations);
    assert.deepEqual(
      violations.map(({ invariant, text }) => [invariant, text]),
      [['HALT', 'instance 2 halted: Error: by a test']],
    );
  });

  test('lets events of one millisecond happen in the order in which they were planned, and time pass just so far', () => {
    const { world } = quietWorld();
    const { schedule } = world.ground;
    const happened: string[] = [];
    for (const [delayMs, name] of [
      [5, 'c'],
      [0, 'a'],
      [5, 'd'],
      [0, 'b'],
      [6, 'f'],
    ] as const)
      schedule.after(delayMs, () => happened.push(name));
    world.settle();
    assert.deepEqual(happened, ['a', 'b']);
    schedule.after(4, () => schedule.after(1, () => happened.push('e')));
    world.pass(5);
    assert.deepEqual([happened, world.nowMs], [['a', 'b', 'c', 'd', 'e'], 5]);
  });
});
