import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import { type Transaction, transactionFault } from '#libs/chain/transaction.ts';
import type {
  Candidate,
  MempoolClient,
  PooledTransaction,
  TransactionSource,
} from '../ports/pooled-transaction.ts';
import { ADDED, FINAL, FULL, KNOWN, type MempoolAnswer, wrongSize } from '../ports/submission.ts';
import type { MempoolLimits } from './mempool-limits.ts';
import { groupOf, MempoolShares } from './mempool-shares.ts';
import { MempoolTurns } from './mempool-turns.ts';

export interface AddOptions {
  readonly traceId?: string | undefined;
  /** The client that gave it; left out for a transaction that this member makes itself. */
  readonly client?: MempoolClient | undefined;
}

export interface TakeOptions {
  readonly countMax: number;
  /** Sum of the transactions taken. */
  readonly bytesMax: number;
  /** Transactions to leave out: they are in undecided ancestors already (RULES.md A.43). */
  readonly exclude: ReadonlySet<Digest>;
}

/**
 * Transactions that wait for a block. Bounded as a whole and for each source; a transaction over a bound is refused,
 * and none that waits is ever pushed out.
 */
export class Mempool {
  readonly #limits: MempoolLimits;
  readonly #isFinal: (hash: Digest) => boolean;
  readonly #waiting = new Map<Digest, PooledTransaction>();
  readonly #shares: MempoolShares;
  readonly #turns = new MempoolTurns<PooledTransaction>();

  constructor(limits: MempoolLimits, isFinal: (hash: Digest) => boolean) {
    this.#limits = limits;
    this.#shares = new MempoolShares(limits);
    this.#isFinal = isFinal;
  }

  get size(): number {
    return this.#waiting.size;
  }

  get sizeBytes(): number {
    return this.#shares.all.bytes;
  }

  has(hash: Digest): boolean {
    return this.#waiting.has(hash);
  }

  get(hash: Digest): PooledTransaction | undefined {
    return this.#waiting.get(hash);
  }

  /** Whether the transaction is in a final block: a look into the chain. */
  isFinal(hash: Digest): boolean {
    return this.#isFinal(hash);
  }

  /** All that waits, in order of arrival. */
  waiting(): Iterable<PooledTransaction> {
    return this.#waiting.values();
  }

  /** Takes a transaction in, unless it is known or a bound says no. */
  add(
    transaction: Transaction,
    source: TransactionSource,
    nowMs: number,
    { traceId, client }: AddOptions = {},
  ): MempoolAnswer {
    const candidate = { transaction, source, client, traceId };
    return this.fault(candidate) ?? this.keep(candidate, nowMs);
  }

  /** Why a transaction is not taken in; undefined when it may be. */
  fault({ transaction, source, client }: Candidate): MempoolAnswer | undefined {
    const { length } = transaction.bytes;
    const fault = transactionFault(transaction, this.#limits.transactionBytesMax);
    if (fault !== undefined) return wrongSize(fault, length);
    const { hash } = transaction;
    if (this.#waiting.has(hash)) return KNOWN;
    if (this.#isFinal(hash)) return FINAL;
    return this.#shares.hasRoom({ source, client }, length) ? undefined : FULL;
  }

  /**
   * Takes a transaction in that has no fault. Keeps a copy: bytes from the network are a view of a frame, and one kept
   * byte would keep a megabyte.
   */
  keep({ transaction, source, client, traceId }: Candidate, nowMs: number): MempoolAnswer {
    this.#put({ transaction: transaction.copy(), source, client, firstSeenMs: nowMs, traceId });
    return ADDED;
  }

  /**
   * Handles a transaction that a client of this member gave after another member did: it is the client's from now on,
   * and its position in the order of arrival stays. @returns false when it is a client's already, does not wait, or
   * the clients have no room.
   */
  adopt(hash: Digest, client?: MempoolClient): boolean {
    const known = this.#waiting.get(hash);
    if (known === undefined || known.source === 'client') return false;
    const adopted: PooledTransaction = { ...known, source: 'client', client };
    if (!this.#shares.hasRoom(adopted, known.transaction.bytes.length)) return false;
    this.#uncount(known);
    this.#put(adopted);
    return true;
  }

  /**
   * Transactions that fit a block, one of each member and client in turn, of each its oldest; they stay until they are
   * removed. Ends at the first that does not fit, so that small ones never keep a large one waiting for ever.
   */
  take({ countMax, bytesMax, exclude }: TakeOptions): readonly Transaction[] {
    const taken: Transaction[] = [];
    let bytes = 0;
    for (const { transaction } of this.#turns.inTurn()) {
      if (exclude.has(transaction.hash)) continue;
      bytes += transaction.bytes.length;
      if (taken.length >= countMax || bytes > bytesMax) break;
      taken.push(transaction);
    }
    return taken;
  }

  /** Forgets transactions, most often because they are final; tells which of them were waiting. */
  remove(hashes: Iterable<Digest>): readonly PooledTransaction[] {
    const removed: PooledTransaction[] = [];
    for (const hash of hashes) {
      const entry = this.#waiting.get(hash);
      if (entry === undefined) continue;
      this.#waiting.delete(hash);
      this.#uncount(entry);
      removed.push(entry);
    }
    return removed;
  }

  /** Forgets transactions that are final meanwhile. @returns the forgotten ones. */
  removeFinal(): readonly PooledTransaction[] {
    return this.remove([...this.#waiting.keys()].filter((hash) => this.#isFinal(hash)));
  }

  /**
   * Enters a new epoch: forgets transactions that only the old one could hold, and gives the rest the new indices of
   * their senders.
   */
  enterEpoch(
    isOver: (transaction: Transaction) => boolean,
    sourceOf: (member: MemberIndex) => TransactionSource,
  ): void {
    const kept = [...this.#waiting.values()].filter(({ transaction }) => !isOver(transaction));
    this.#waiting.clear();
    this.#shares.clear();
    this.#turns.clear();
    for (const each of kept) {
      const source = each.source === 'client' ? each.source : sourceOf(each.source);
      this.#put({ ...each, source });
    }
  }

  /** The transactions that clients of this member gave, in order of arrival. */
  ownHashes(): readonly Digest[] {
    const own = [...this.#waiting.values()].filter(({ source }) => source === 'client');
    return own.map(({ transaction }) => transaction.hash);
  }

  #put(entry: PooledTransaction): void {
    this.#waiting.set(entry.transaction.hash, entry);
    this.#turns.add(groupOf(entry), entry);
    this.#shares.count(entry, entry.transaction.bytes.length, 1);
  }

  #uncount(entry: PooledTransaction): void {
    this.#turns.remove(groupOf(entry), entry.transaction.hash);
    this.#shares.count(entry, entry.transaction.bytes.length, -1);
  }
}
