import type { Block } from '#libs/chain/block.ts';
import type { Membership } from '#libs/membership/membership.ts';
import { Execution, notExecuted } from './application/execution.ts';
import { circleOf } from './node-epoch.ts';
import type { NodePorts } from './node-ports.ts';
import type { ChainGrowth } from './ports/chain-growth.ts';

/** The growth of the chain, as a node takes it: told on the channel, met by those it names, and executed. */
export class NodeGrowth implements ChainGrowth {
  readonly #ports: NodePorts;
  readonly #execution: Execution;
  #met: Membership | undefined;

  constructor(ports: NodePorts) {
    this.#ports = ports;
    const { final, clock, monitor } = ports;
    this.#execution = new Execution({
      ...ports,
      executed: (block) => final.executed(block),
      failed: (block, error) =>
        void clock.after(0, () => monitor.halted(notExecuted(block, error), undefined, 'application')),
    });
  }

  start(): void {
    this.#execution.start();
  }

  stop(): void {
    this.#execution.stop();
  }

  ordered(blocks: readonly Block[]): void {
    this.#ports.final.ordered(blocks);
    this.meet();
    this.#execution.ordered(blocks);
  }

  leapt(block: Block): void {
    this.meet();
    this.#execution.leapt(block);
  }

  filled(blocks: readonly Block[]): void {
    this.#execution.filled(blocks);
  }

  /**
   * Tells the peers that the node meets, once for each membership. Blocks, and votes that come with a snapshot, may name others
   * whom it meets.
   */
  meet(): void {
    const { current } = this.#ports.book;
    if (current === this.#met) return;
    this.#met = current;
    this.#ports.meet(circleOf(this.#ports));
  }
}
