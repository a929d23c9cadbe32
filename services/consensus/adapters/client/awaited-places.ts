import type { Block } from '#libs/chain/block.ts';
import type { Digest } from '#libs/chain/ids.ts';
import type { FinalFeed } from '#libs/engine/ports/final-channel.ts';
import type { FinalChain, TransactionPosition } from '../../core/ports.ts';

/** Hears once where a transaction stands. */
export type Told = (position: TransactionPosition) => void;

/** The chain, and the channel on which it tells of final blocks. */
export interface WaitedFor {
  readonly chain: Pick<FinalChain, 'positionOf'>;
  readonly final: FinalFeed;
}

/** The transactions that calls wait for, seen here already or not: each block is looked through once, for all calls. */
export class AwaitedPlaces {
  readonly #waitedFor: WaitedFor;
  readonly #awaited = new Map<Digest, Set<Told>>();

  constructor(waitedFor: WaitedFor) {
    this.#waitedFor = waitedFor;
  }

  /** @returns stops it. */
  start(): () => void {
    return this.#waitedFor.final.listen({ executed: (block) => this.#tell(block) });
  }

  /** Undefined when it is not final. */
  placeOf(hash: Digest): TransactionPosition | undefined {
    return this.#waitedFor.chain.positionOf(hash);
  }

  /**
   * Hears of a transaction that is not final. In the same turn of the event loop as `placeOf`, or a block is missed in between.
   * @returns forgets `told`.
   */
  add(hash: Digest, told: Told): () => void {
    const all = this.#awaited.get(hash);
    if (all === undefined) this.#awaited.set(hash, new Set([told]));
    else all.add(told);
    return () => this.#forget(hash, told);
  }

  #tell({ header, transactions }: Block): void {
    if (this.#awaited.size === 0) return;
    for (const [index, { hash }] of transactions.entries()) {
      const all = this.#awaited.get(hash);
      if (all === undefined) continue;
      this.#awaited.delete(hash);
      for (const told of all) told({ height: header.height, index });
    }
  }

  #forget(hash: Digest, told: Told): void {
    const all = this.#awaited.get(hash);
    if (all?.delete(told) === true && all.size === 0) this.#awaited.delete(hash);
  }
}
