import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MemberIndex } from '#libs/chain/ids.ts';
import { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import type { FinalBlock } from '#libs/protocol/module.ts';
import { hostedHotStuff } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import { hotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import { EpochFederation } from '#test/support/engine/epoch-federation.ts';

const LATE = 3;
const MISSED = 9n;

interface Told {
  readonly me: MemberIndex | undefined;
  readonly block: FinalBlock;
}

/** A federation whose protocol tells which blocks it is told to be final. */
class TellingFederation extends EpochFederation {
  readonly told: Told[];

  constructor(snapshotBlocks: number) {
    const told: Told[] = [];
    const module: typeof hotStuff = {
      ...hotStuff,
      step(state, input) {
        if (input.kind === 'final') {
          const { header, digest, certificate } = input;
          told.push({ me: state.context.me, block: { header, digest, certificate } });
        }
        return hotStuff.step(state, input);
      },
    };
    super({ members: 4, snapshotBlocks, subject: hostedHotStuff({ ...hotStuffSubject, module }) });
    this.told = told;
  }

  /** Has one block more decided, and waits for the nodes that are up. */
  decide(text: string): void {
    const height = this.node(0).instance.disk.height + 1;
    this.submit(this.node(0), text);
    this.until(text, () => this.up.every(({ instance }) => instance.disk.height >= height));
  }

  /** The blocks that the protocol of a node was told of meanwhile, and the tip of the chain after it. */
  toldWhile(node: number, run: () => void): readonly FinalBlock[] {
    const before = this.told.length;
    run();
    return this.told.slice(before).flatMap(({ me, block }) => (me === node ? [block] : []));
  }

  tip(): FinalBlock {
    const { header, digest, certificate } = this.node(0).chain.tip();
    return { header, digest, certificate };
  }
}

/** A federation in which a member is away while blocks are decided, and its tip. */
function withLate(snapshotBlocks: number) {
  const federation = new TellingFederation(snapshotBlocks);
  const late = federation.node(LATE);
  federation.decide('together');
  const tip = federation.tip();
  federation.crash(late);
  for (let block = 0n; block < MISSED; block += 1n) federation.decide(`missed ${block}`);
  return { federation, late, tip };
}

describe('the protocol of a member that was away', () => {
  for (const [how, snapshotBlocks] of [
    ['by a range of blocks', 0],
    ['by a snapshot', 4],
  ] as const) {
    test(`is told its tip at the start, and ${how} the newest block alone, with header and certificate`, () => {
      const { federation, late, tip } = withLate(snapshotBlocks);
      const told = federation.toldWhile(LATE, () => {
        federation.start(late);
        federation.until('the tip', () => late.instance.disk.height === Number(1n + MISSED));
        federation.pass(60_000);
      });
      assert.deepEqual(told, [tip, federation.tip()]);
      assert.deepEqual(late.snapshots, snapshotBlocks === 0 ? [] : [1n + MISSED]);
    });

    test(`that caught up ${how} is told the next block too, once`, () => {
      const { federation, late } = withLate(snapshotBlocks);
      federation.start(late);
      federation.until('the tip', () => late.instance.disk.height === Number(1n + MISSED));
      federation.pass(60_000);
      const told = federation.toldWhile(LATE, () => federation.decide('after'));
      assert.deepEqual(told, [federation.tip()]);
      assert.equal(told[0]?.header.height, 2n + MISSED);
    });
  }
});
