import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import type { ClockPort, PeerPort } from '../ports/engine-ports.ts';
import type { Transactions } from '../ports/peer-message.ts';
import type { PooledTransaction } from '../ports/pooled-transaction.ts';
import { SecondBudget } from '../timing/second-budget.ts';
import { GOSSIP_BYTES_MAX, GOSSIP_REPEAT_MS } from './gossip-limits.ts';
import type { Mempool } from './mempool.ts';
import { PULL_ANSWER_BYTES_MAX, PULLS_SERVED_PER_SECOND_MAX } from './waiting-limits.ts';

/**
 * Spreads the transactions that clients gave this member: to everyone at once, and again to a member that comes
 * back, to all when a view failed, and to all while the oldest waits. A transaction that one member alone knows
 * starts timers only there, so it must not stay alone. Transactions that other members gave are announced by
 * hash once they do not move (waiting-teller.ts), and given to members that ask.
 */
export class Gossip {
  readonly #mempool: Mempool;
  readonly #peers: PeerPort;
  readonly #clock: ClockPort;
  readonly #served: SecondBudget;
  /** Given by clients here, not final yet; in order of arrival. Bounded by the mempool, which holds them all. */
  readonly #own = new Set<Digest>();
  #batch: Digest[] = [];
  #flushing = false;
  #cancelRepeat: (() => void) | undefined;

  constructor(mempool: Mempool, peers: PeerPort, clock: ClockPort) {
    this.#mempool = mempool;
    this.#peers = peers;
    this.#clock = clock;
    this.#served = new SecondBudget(clock, PULLS_SERVED_PER_SECOND_MAX);
  }

  /** Spreads a new transaction from a client, together with all others that arrive in this turn of the loop. */
  spread(hash: Digest): void {
    this.#own.add(hash);
    this.#batch.push(hash);
    this.#repeatLater();
    if (this.#flushing) return;
    this.#flushing = true;
    this.#clock.after(0, () => {
      this.#flushing = false;
      const batch = this.#batch;
      this.#batch = [];
      const waiting = batch.map((each) => this.#mempool.get(each)).filter((each) => each !== undefined);
      for (const chunk of chunks(waiting)) this.#peers.send('all', messageOf(chunk));
    });
  }

  /** Says the oldest own transactions again, as many as one message holds. */
  repeat(to: MemberIndex | 'all'): void {
    const oldest = chunks(this.#waiting()).next();
    if (oldest.done !== true) this.#peers.send(to, messageOf(oldest.value));
  }

  /** Says all own transactions again, to all members: the operator is about to stop this one. */
  sayAll(): void {
    for (const chunk of chunks(this.#waiting())) this.#peers.send('all', messageOf(chunk));
  }

  /** How many own transactions wait. */
  get waiting(): number {
    return [...this.#waiting()].length;
  }

  /**
   * Sends those of these transactions that wait here. @returns false when the member asks too often; nothing is sent
   * then.
   */
  answer(hashes: readonly Digest[], from: MemberIndex): boolean {
    if (!this.#served.take(from)) return false;
    const waiting = hashes.map((hash) => this.#mempool.get(hash)).filter((each) => each !== undefined);
    let bytes = 0;
    for (const chunk of chunks(waiting)) {
      bytes += chunk.reduce((sum, { transaction }) => sum + transaction.bytes.length, 0);
      this.#peers.send(from, messageOf(chunk));
      if (bytes >= PULL_ANSWER_BYTES_MAX) break;
    }
    return true;
  }

  forget(hashes: Iterable<Digest>): void {
    for (const hash of hashes) this.#own.delete(hash);
  }

  /** Takes up transactions that clients gave before this epoch. */
  start(): void {
    for (const hash of this.#mempool.ownHashes()) this.#own.add(hash);
    if (this.#own.size > 0) this.#repeatLater();
  }

  stop(): void {
    this.#cancelRepeat?.();
    this.#cancelRepeat = undefined;
    this.#own.clear();
  }

  /** While the same transaction stays the oldest, something was lost; otherwise the federation is only busy. */
  #repeatLater(): void {
    const oldest = this.#oldest();
    this.#cancelRepeat ??= this.#clock.after(GOSSIP_REPEAT_MS, () => {
      this.#cancelRepeat = undefined;
      if (this.#own.size === 0) return;
      if (this.#oldest() === oldest) this.repeat('all');
      this.#repeatLater();
    });
  }

  *#waiting(): Generator<PooledTransaction> {
    for (const hash of this.#own) {
      const pooled = this.#mempool.get(hash);
      if (pooled !== undefined) yield pooled;
    }
  }

  #oldest(): Digest | undefined {
    const [oldest] = this.#own;
    return oldest;
  }
}

/** Each as large as one message may be. */
function* chunks(pooled: Iterable<PooledTransaction>): Generator<readonly PooledTransaction[]> {
  let chunk: PooledTransaction[] = [];
  let bytes = 0;
  for (const each of pooled) {
    const { length } = each.transaction.bytes;
    if (bytes + length > GOSSIP_BYTES_MAX && chunk.length > 0) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(each);
    bytes += length;
  }
  if (chunk.length > 0) yield chunk;
}

function messageOf(pooled: readonly PooledTransaction[]): Transactions {
  return {
    kind: 'transactions',
    transactions: pooled.map(({ transaction }) => transaction),
    traceIds: pooled.map(({ traceId }) => traceId),
  };
}
