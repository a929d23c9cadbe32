import assert from 'node:assert/strict';
import type { Block } from '#libs/chain/block.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { HotStuffEffect } from '#libs/protocol/hotstuff/state.ts';
import type { VotePath } from '#libs/protocol/vote-path.ts';
import { blockOn, Core, GENESIS } from './hotstuff-harness.ts';

/** Whether a message arrives. */
export type Passes = (from: number, to: number, message: HotStuffMessage) => boolean;

const DELIVERIES_MAX = 10_000;

/** HotStuff cores joined by a network without time: everything is signed, built, held and delivered at once. */
export class Cluster {
  readonly cores: readonly Core[];
  /** Decided digests of each core, in order. */
  readonly decided: readonly string[][];
  passes: Passes = () => true;
  /** Views after which nobody builds: the cluster comes to rest. */
  lastView = 3n;
  readonly #blocks = new Map<string, Block>([[GENESIS.digest, GENESIS]]);
  readonly #queue: (() => void)[] = [];

  constructor(members: number, votePath?: VotePath) {
    const facts = { members, work: false, ...(votePath && { votePath }) };
    this.cores = Array.from({ length: members }, (_, me) => new Core({ me, ...facts }));
    this.decided = this.cores.map(() => []);
  }

  /** Gives everyone work, and lets everything happen that follows. */
  run(): void {
    for (const [at, core] of this.cores.entries()) this.take(at, core.step({ kind: 'work', pending: true }));
    this.settle();
  }

  /** Fires the view timer of these members, then lets everything happen that follows. */
  giveUp(...members: number[]): void {
    for (const at of members) this.take(at, this.core(at).fire('view'));
    this.settle();
  }

  /** Fires the resend timer of these members. */
  resend(...members: number[]): void {
    for (const at of members) this.take(at, this.core(at).fire('resend'));
    this.settle();
  }

  /** How many blocks each core decided. */
  decidedHeights(): readonly number[] {
    return this.decided.map(({ length }) => length);
  }

  core(at: number): Core {
    return this.cores[at] ?? assert.fail(`no core ${at}`);
  }

  take(at: number, effects: readonly HotStuffEffect[]): void {
    for (const effect of effects) this.#queue.push(() => this.#perform(at, effect));
  }

  settle(): void {
    for (let done = 0; this.#queue.length > 0; done++) {
      assert.ok(done < DELIVERIES_MAX, 'the cluster comes to rest');
      this.#queue.shift()?.();
    }
  }

  #perform(at: number, effect: HotStuffEffect): void {
    const core = this.core(at);
    switch (effect.kind) {
      case 'sign':
        return this.take(at, core.signed(effect.statement));
      case 'transmit':
        return this.#deliver(at, effect.to, effect.message);
      case 'build': {
        if (effect.position.view > this.lastView) return;
        const parent = this.#blocks.get(effect.draft.parent) ?? assert.fail('an unknown parent');
        const block = blockOn(parent, Number(effect.position.view), { members: this.cores.length });
        this.#blocks.set(block.digest, block);
        return this.take(at, core.step({ kind: 'built', position: effect.position, block }));
      }
      case 'check':
        return this.take(at, core.hold(effect.block));
      case 'fetch': {
        const block = this.#blocks.get(effect.certificate.digest) ?? assert.fail('an unknown block');
        return this.take(at, core.hold(block));
      }
      case 'commit':
        this.decided[at]?.push(effect.certificate.digest);
        return;
      default:
        return;
    }
  }

  #deliver(from: number, to: MemberIndex | 'all', message: HotStuffMessage): void {
    for (const [at, core] of this.cores.entries()) {
      const isMeant = to === 'all' ? at !== from : at === to;
      if (!isMeant || !this.passes(from, at, message)) continue;
      this.#queue.push(() => this.take(at, core.offer(from, message)));
    }
  }
}
