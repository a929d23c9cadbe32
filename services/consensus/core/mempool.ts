import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import { transactionFault, transactionHash } from '#libs/chain/transaction.ts';
import type { MempoolLimits, SourceShare } from './mempool-limits.ts';

/** Who gave a transaction first: a client of this member, or another member. */
export type TransactionSource = 'client' | MemberIndex;

export interface PooledTransaction {
  readonly hash: Digest;
  readonly transaction: Uint8Array;
  readonly source: TransactionSource;
  /** Clock of this process, milliseconds: for latency, decides nothing. */
  readonly firstSeenMs: number;
  /** Of the call or message that brought it first, for the log. */
  readonly traceId: string | undefined;
}

/** `known`: it waits already. `full`: the pool is, or the part of this source in it. */
export type AddResult =
  | { readonly kind: 'added' | 'known' | 'final' | 'full'; readonly hash: Digest }
  | { readonly kind: 'empty' | 'too-large' };

export interface TakeOptions {
  readonly countMax: number;
  /** Sum of the transactions taken. */
  readonly bytesMax: number;
  /** Not these: they are in undecided ancestors already (bft.md A.43). */
  readonly exclude: ReadonlySet<Digest>;
}

interface Usage {
  readonly count: number;
  readonly bytes: number;
}

const UNUSED: Usage = { count: 0, bytes: 0 };

/**
 * Transactions that wait for a block, in order of arrival. Bounded as a whole and for each source; what is
 * over a bound is refused, and nothing that waits is ever pushed out.
 */
export class Mempool {
  readonly #limits: MempoolLimits;
  readonly #isFinal: (hash: Digest) => boolean;
  readonly #waiting = new Map<Digest, PooledTransaction>();
  readonly #usage = new Map<TransactionSource, Usage>();
  #sizeBytes = 0;

  constructor(limits: MempoolLimits, isFinal: (hash: Digest) => boolean) {
    this.#limits = limits;
    this.#isFinal = isFinal;
  }

  get size(): number {
    return this.#waiting.size;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  has(hash: Digest): boolean {
    return this.#waiting.has(hash);
  }

  get(hash: Digest): PooledTransaction | undefined {
    return this.#waiting.get(hash);
  }

  /** Whether it is in a final block: a look into the chain. */
  isFinal(hash: Digest): boolean {
    return this.#isFinal(hash);
  }

  /** All that waits, in order of arrival. */
  waiting(): Iterable<PooledTransaction> {
    return this.#waiting.values();
  }

  /**
   * Takes a transaction in, unless it is known or a bound says no. Keeps a copy: what comes from the network
   * is a view of a frame, and one byte kept would keep a megabyte.
   */
  add(transaction: Uint8Array, source: TransactionSource, nowMs: number, traceId?: string): AddResult {
    const fault = transactionFault(transaction, this.#limits.transactionBytesMax);
    if (fault !== undefined) return { kind: fault };
    const hash = transactionHash(transaction);
    if (this.#waiting.has(hash)) return { kind: 'known', hash };
    if (this.#isFinal(hash)) return { kind: 'final', hash };
    if (!this.#hasRoom(source, transaction.length)) return { kind: 'full', hash };
    const own = new Uint8Array(transaction);
    this.#waiting.set(hash, { hash, transaction: own, source, firstSeenMs: nowMs, traceId });
    this.#count(source, 1, transaction.length);
    return { kind: 'added', hash };
  }

  /**
   * A client of this member gave what another member had given first: it is the client's from now on, and its place in
   * the order stays. @returns false when it is a client's already, does not wait, or the clients have no room.
   */
  adopt(hash: Digest): boolean {
    const known = this.#waiting.get(hash);
    if (known === undefined || known.source === 'client') return false;
    const { length } = known.transaction;
    if (!this.#hasRoom('client', length)) return false;
    this.#count(known.source, -1, -length);
    this.#count('client', 1, length);
    this.#waiting.set(hash, { ...known, source: 'client' });
    return true;
  }

  /**
   * The oldest transactions that fit a block, in order of arrival; they stay until they are removed. Ends at
   * the first that does not fit, so that small ones never keep a large one waiting for ever.
   */
  take({ countMax, bytesMax, exclude }: TakeOptions): readonly Uint8Array[] {
    const taken: Uint8Array[] = [];
    let bytes = 0;
    for (const { hash, transaction } of this.#waiting.values()) {
      if (exclude.has(hash)) continue;
      bytes += transaction.length;
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
      this.#count(entry.source, -1, -entry.transaction.length);
      removed.push(entry);
    }
    return removed;
  }

  /** Forgets what is final meanwhile. @returns what that was. */
  removeFinal(): readonly PooledTransaction[] {
    return this.remove([...this.#waiting.keys()].filter((hash) => this.#isFinal(hash)));
  }

  /** A new epoch: forgets what only the old one could hold, and names the members that gave the rest anew. */
  enterEpoch(
    isOver: (transaction: Uint8Array) => boolean,
    sourceOf: (member: MemberIndex) => TransactionSource,
  ): void {
    const kept = [...this.#waiting.values()].filter(({ transaction }) => !isOver(transaction));
    this.#waiting.clear();
    this.#usage.clear();
    this.#sizeBytes = 0;
    for (const each of kept) {
      const source = each.source === 'client' ? each.source : sourceOf(each.source);
      this.#waiting.set(each.hash, { ...each, source });
      this.#count(source, 1, each.transaction.length);
    }
  }

  /** What clients of this member gave, in order of arrival. */
  ownHashes(): readonly Digest[] {
    return [...this.#waiting.values()].filter(({ source }) => source === 'client').map(({ hash }) => hash);
  }

  #hasRoom(source: TransactionSource, bytes: number): boolean {
    const { clients, members, eachMember } = this.#limits;
    const fits = (used: Usage, share: SourceShare) =>
      used.count < share.countMax && used.bytes + bytes <= share.bytesMax;
    if (source === 'client') return fits(this.#used('client'), clients);
    return fits(this.#used(source), eachMember) && fits(this.#usedByMembers(), members);
  }

  #used(source: TransactionSource): Usage {
    return this.#usage.get(source) ?? UNUSED;
  }

  #usedByMembers(): Usage {
    const clients = this.#used('client');
    return { count: this.size - clients.count, bytes: this.#sizeBytes - clients.bytes };
  }

  #count(source: TransactionSource, count: number, bytes: number): void {
    const used = this.#used(source);
    this.#usage.set(source, { count: used.count + count, bytes: used.bytes + bytes });
    this.#sizeBytes += bytes;
  }
}
