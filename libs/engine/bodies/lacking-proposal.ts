import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import type { HeldTransactions, LackingBlock } from '#libs/chain/named-transactions.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import { BODIES_ASKED_MAX } from '../ports/message-limits.ts';
import type { HearableLater, ReadPeerMessage } from '../ports/peer-listener.ts';
import { HASH_KEPT_BYTES } from './body-limits.ts';

/** A proposal that names transactions which this member lacks, and the transactions that came for it since. */
export class LackingProposal implements HeldTransactions {
  readonly from: MemberIndex;
  /** The newest in which the member proposes this block: it proposes it again in a later view. */
  message: HearableLater;
  readonly block: LackingBlock;
  readonly #pool: HeldTransactions;
  readonly #wanted: ReadonlySet<Digest>;
  /** Those that neither came nor were seen to wait here. */
  readonly #unseen: Set<Digest>;
  readonly #given = new Map<Digest, Transaction>();
  #givenBytes = 0;
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
    this.#unseen = new Set(block.hashes);
  }

  /** Of the message, of the names of what it lacked, and of the transactions that came for it. */
  get sizeBytes(): number {
    return this.message.sizeBytes + this.#wanted.size * HASH_KEPT_BYTES + this.#givenBytes;
  }

  /** Reads the message once more. Where signatures are lacking still, it goes on to keep the transactions. */
  read(): ReadPeerMessage {
    const read = this.message.again({ transactions: this });
    if (read.ok || read.incomplete === undefined) return read;
    return { ...read, incomplete: { ...read.incomplete, sizeBytes: this.sizeBytes } };
  }

  transactionOf(hash: Digest): Transaction | undefined {
    return this.#given.get(hash) ?? this.#pool.transactionOf(hash);
  }

  /** Takes a copy of each transaction that it names, from any member: its hash shows that it is the one. @returns how many were new. */
  give(transactions: readonly Transaction[]): number {
    const fresh = transactions.filter(({ hash }) => this.#wanted.has(hash) && !this.#given.has(hash));
    for (const transaction of fresh) {
      this.#given.set(transaction.hash, transaction.copy());
      this.#unseen.delete(transaction.hash);
      this.#givenBytes += transaction.bytes.length;
    }
    return fresh.length;
  }

  /** Each hash is seen at most once to wait here: a sender that gives one transaction after the other costs a look for each. */
  get isComplete(): boolean {
    for (const hash of this.#unseen) {
      if (this.#pool.transactionOf(hash) === undefined) return false;
      this.#unseen.delete(hash);
    }
    return true;
  }

  /** The first hashes of the transactions that it still lacks: at most one more than a request may name. */
  get lacked(): readonly Digest[] {
    const lacked: Digest[] = [];
    for (const hash of this.#unseen) {
      if (lacked.length > BODIES_ASKED_MAX) break;
      if (this.#pool.transactionOf(hash) === undefined) lacked.push(hash);
    }
    return lacked;
  }
}
