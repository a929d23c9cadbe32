import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import type { ClockPort, PeerPort } from './engine-ports.ts';
import { GOSSIP_BYTES_MAX, GOSSIP_REPEAT_MS } from './limits.ts';
import type { Mempool } from './mempool.ts';

/**
 * Spreads the transactions that clients gave this member: to everyone at once, and again to a member that
 * comes back, to all when a view failed, and to all while the oldest waits. A transaction that one member alone
 * knows starts timers only there, so it must not stay alone. Others' transactions are not passed on: they do
 * that themselves.
 */
export class Gossip {
  readonly #mempool: Mempool;
  readonly #peers: PeerPort;
  readonly #clock: ClockPort;
  /** Given by clients here, not final yet; in order of arrival. Bounded by the mempool, which holds them all. */
  readonly #own = new Set<Digest>();
  #batch: Uint8Array[] = [];
  #flushing = false;
  #cancelRepeat: (() => void) | undefined;

  constructor(mempool: Mempool, peers: PeerPort, clock: ClockPort) {
    this.#mempool = mempool;
    this.#peers = peers;
    this.#clock = clock;
  }

  /** A new transaction from a client: goes out with whatever else arrives in this turn of the loop. */
  spread(hash: Digest, transaction: Uint8Array): void {
    this.#own.add(hash);
    this.#batch.push(transaction);
    this.#repeatLater();
    if (this.#flushing) return;
    this.#flushing = true;
    this.#clock.after(0, () => {
      this.#flushing = false;
      const batch = this.#batch;
      this.#batch = [];
      for (const transactions of chunks(batch))
        this.#peers.send('all', { kind: 'transactions', transactions });
    });
  }

  /** Says the oldest own transactions again, as many as one message holds. */
  repeat(to: MemberIndex | 'all'): void {
    const transactions: Uint8Array[] = [];
    let bytes = 0;
    for (const hash of this.#own) {
      const transaction = this.#mempool.get(hash)?.transaction;
      if (transaction === undefined) continue;
      bytes += transaction.length;
      if (bytes > GOSSIP_BYTES_MAX && transactions.length > 0) break;
      transactions.push(transaction);
    }
    if (transactions.length > 0) this.#peers.send(to, { kind: 'transactions', transactions });
  }

  forget(hashes: Iterable<Digest>): void {
    for (const hash of hashes) this.#own.delete(hash);
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

  #oldest(): Digest | undefined {
    const [oldest] = this.#own;
    return oldest;
  }
}

function* chunks(transactions: readonly Uint8Array[]): Generator<readonly Uint8Array[]> {
  let chunk: Uint8Array[] = [];
  let bytes = 0;
  for (const transaction of transactions) {
    if (bytes + transaction.length > GOSSIP_BYTES_MAX && chunk.length > 0) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(transaction);
    bytes += transaction.length;
  }
  if (chunk.length > 0) yield chunk;
}
