import type { Block } from '#libs/chain/block.ts';
import type { Digest } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';

/** The transactions that a member waits for. A decision may be faster than the gossip: a final transaction waits no more. */
export class ModelledTransactions {
  readonly #final = new Set<Digest>();
  #waiting: readonly Transaction[] = [];

  get waiting(): readonly Transaction[] {
    return this.#waiting;
  }

  take(transactions: readonly Transaction[]): void {
    this.#waiting = [...this.#waiting, ...transactions].filter(({ hash }) => !this.#final.has(hash));
  }

  finalise(blocks: readonly Block[]): void {
    for (const { transactions } of blocks) for (const { hash } of transactions) this.#final.add(hash);
    this.take([]);
  }
}
