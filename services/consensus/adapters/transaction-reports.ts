import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import type { PooledTransaction, TransactionSource } from '#libs/engine/ports/pooled-transaction.ts';
import type { Logger } from '#libs/log/logger.ts';

/** A listener that is told of each transaction that is new to this member. */
export type WaitingListener = (transaction: Digest, source: TransactionSource) => void;

/** Logs the transactions that come and those that are final, and passes those that come on. */
export class TransactionReports {
  readonly #log: Logger;
  readonly #nameOf: (member: MemberIndex) => string;
  readonly #listeners: WaitingListener[] = [];

  constructor(log: Logger, nameOf: (member: MemberIndex) => string) {
    this.#log = log;
    this.#nameOf = nameOf;
  }

  listen(listener: WaitingListener): void {
    this.#listeners.push(listener);
  }

  waits(transaction: Digest, source: TransactionSource, traceId: string | undefined): void {
    for (const listener of this.#listeners) listener(transaction, source);
    if (!this.#log.isWritten('debug')) return;
    const from = source === 'client' ? source : this.#nameOf(source);
    this.#log.debug('transaction waits', { transaction, from, trace_id: traceId });
  }

  final(transactions: readonly PooledTransaction[]): void {
    if (!this.#log.isWritten('debug')) return;
    for (const { transaction, traceId } of transactions) {
      this.#log.debug('transaction final', { transaction: transaction.hash, trace_id: traceId });
    }
  }
}
