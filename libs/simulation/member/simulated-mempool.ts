import type { Digest } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { BranchTransactions } from '../chain/branch-transactions.ts';
import { TRANSACTIONS_PER_BLOCK } from '../chain/shared-judge.ts';

/** Transactions that wait at one member. Lost in a crash, as in production. */
export class SimulatedMempool {
  readonly #waiting = new Map<Digest, Transaction>();

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  get all(): readonly Transaction[] {
    return [...this.#waiting.values()];
  }

  add(transaction: Transaction): void {
    this.#waiting.set(transaction.hash, transaction);
  }

  has(hash: Digest): boolean {
    return this.#waiting.has(hash);
  }

  /** Removes final transactions. */
  drop(final: BranchTransactions): void {
    for (const hash of this.#waiting.keys()) if (final.has(hash)) this.#waiting.delete(hash);
  }

  /** Transactions for a block on a branch that are not in the branch already (RULES.md A.43). */
  choose(branch: BranchTransactions): readonly Transaction[] {
    return this.all.filter(({ hash }) => !branch.has(hash)).slice(0, TRANSACTIONS_PER_BLOCK);
  }
}
