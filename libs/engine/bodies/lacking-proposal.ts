import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import type { HeldTransactions, LackingBlock } from '#libs/chain/named-transactions.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { HearableLater } from '../ports/peer-listener.ts';

/** A proposal that names transactions which this member lacks, and the transactions that came for it since. */
export class LackingProposal implements HeldTransactions {
  readonly from: MemberIndex;
  readonly message: HearableLater;
  readonly block: LackingBlock;
  readonly #pool: HeldTransactions;
  readonly #wanted: ReadonlySet<Digest>;
  readonly #given = new Map<Digest, Transaction>();
  #sizeBytes: number;
  /** Times that anybody was asked. */
  asked = 0;
  /** Ends the wait for an answer. */
  cancel: () => void = () => {};

  /** @param pool - The transactions that wait here. */
  constructor(from: MemberIndex, message: HearableLater, block: LackingBlock, pool: HeldTransactions) {
    this.from = from;
    this.message = message;
    this.block = block;
    this.#pool = pool;
    this.#wanted = new Set(block.hashes);
    this.#sizeBytes = message.sizeBytes;
  }

  /** Of the message, and of the transactions that came for it. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  transactionOf(hash: Digest): Transaction | undefined {
    return this.#given.get(hash) ?? this.#pool.transactionOf(hash);
  }

  /** Takes a copy of each transaction that it names, from any member: its hash shows that it is the one. @returns how many were new. */
  give(transactions: readonly Transaction[]): number {
    const fresh = transactions.filter(({ hash }) => this.#wanted.has(hash) && !this.#given.has(hash));
    for (const transaction of fresh) {
      this.#given.set(transaction.hash, transaction.copy());
      this.#sizeBytes += transaction.bytes.length;
    }
    return fresh.length;
  }

  /** The hashes of the transactions that it still lacks. */
  get lacked(): readonly Digest[] {
    return [...this.#wanted].filter((hash) => this.transactionOf(hash) === undefined);
  }
}
