import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import { mayBeSubmitted } from '#libs/chain/system-transactions.ts';
import type { ClockPort, PeerPort } from '../ports/engine-ports.ts';
import { TOLD_HASHES_MAX } from '../ports/message-limits.ts';
import type { Mempool } from './mempool.ts';
import { TELL_PAUSE_MS_MAX, TELLS_PER_VIEW } from './waiting-limits.ts';

export interface WaitingTellerOptions {
  readonly mempool: Mempool;
  readonly peers: PeerPort;
  readonly clock: ClockPort;
  /** A guest tells nothing: nobody would hear it. */
  readonly me: MemberIndex | undefined;
  /** Time that a view may take at the moment, milliseconds. */
  readonly viewMs: () => number;
}

/**
 * Announces to the others, by hash, the transactions that wait here and do not move: a transaction of any client or
 * member that stays the oldest is announced. A transaction that a single honest member knows, because its giver spoke
 * to nobody else, starts a timer only there, and one timeout ends no view. Once announced, it is pulled
 * (transaction-pull.ts), and the others have work too.
 */
export class WaitingTeller {
  readonly #options: WaitingTellerOptions;
  #oldest: Digest | undefined;
  #pauseMs = 0;
  #cancel: (() => void) | undefined;
  #isStopped = false;

  constructor(options: WaitingTellerOptions) {
    this.#options = options;
  }

  /** Something waits, or other things than before. */
  start(): void {
    if (this.#options.me === undefined || this.#isStopped || this.#cancel !== undefined) return;
    this.#oldest = this.#hashes()[0];
    if (this.#oldest === undefined) return;
    this.#pauseMs = this.#options.viewMs() / TELLS_PER_VIEW;
    this.#lookLater();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Announces the oldest waiting transactions, as many as one message has room for. */
  tell(to: MemberIndex | 'all'): void {
    const hashes = this.#hashes();
    if (this.#options.me === undefined || hashes.length === 0) return;
    this.#options.peers.send(to, { kind: 'waiting', hashes });
  }

  /** While the same one stays the oldest it does not move; otherwise the federation is only busy. */
  #look(): void {
    const [oldest] = this.#hashes();
    if (oldest === undefined || oldest !== this.#oldest) return this.start();
    this.tell('all');
    this.#pauseMs = Math.min(2 * this.#pauseMs, TELL_PAUSE_MS_MAX);
    this.#lookLater();
  }

  #lookLater(): void {
    this.#cancel = this.#options.clock.after(this.#pauseMs, () => {
      this.#cancel = undefined;
      this.#look();
    });
  }

  /** Evidence has a message of its own, and a handover waits nowhere: members make them, and pull neither. */
  #hashes(): readonly Digest[] {
    const hashes: Digest[] = [];
    for (const { transaction } of this.#options.mempool.waiting()) {
      if (hashes.length >= TOLD_HASHES_MAX) break;
      if (mayBeSubmitted(transaction)) hashes.push(transaction.hash);
    }
    return hashes;
  }
}
