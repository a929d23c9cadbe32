import type { Digest } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import { SimulatedMempool } from './simulated-mempool.ts';

const GOSSIP_MS = 300;

/** The part of a life that its waiting transactions need. */
export interface GossipWorld {
  later(delayMs: number, run: () => void): void;
  /** Whether a transaction is in a final block. */
  isFinal(hash: Digest): boolean;
  /** Gives transactions to all other members. */
  tell(transactions: readonly Transaction[]): void;
  /** There is work now, or none any more. */
  worked(work: boolean): void;
}

/** The transactions that wait at one member: while there are any it has work, and the others are told of them. */
export class GossipedTransactions {
  readonly mempool = new SimulatedMempool();
  readonly #world: GossipWorld;
  #gossips = false;
  #work = false;

  constructor(world: GossipWorld) {
    this.#world = world;
  }

  /** Takes in transactions of clients or of others; final ones do not wait. */
  wait(transactions: readonly Transaction[]): void {
    for (const transaction of transactions) {
      if (!this.#world.isFinal(transaction.hash)) this.mempool.add(transaction);
    }
    this.adjustWork();
    this.#gossipLater();
  }

  /** Says whether there is work, if that changed. */
  adjustWork(): void {
    if (this.#work === !this.mempool.isEmpty) return;
    this.#work = !this.#work;
    this.#world.worked(this.#work);
  }

  /**
   * Gossips waiting transactions again: while one member alone knows a transaction, nobody else waits for its block.
   */
  #gossipLater(): void {
    if (this.#gossips || this.mempool.isEmpty) return;
    this.#gossips = true;
    this.#world.later(GOSSIP_MS, () => {
      this.#gossips = false;
      if (this.mempool.isEmpty) return;
      this.#world.tell(this.mempool.all);
      this.#gossipLater();
    });
  }
}
