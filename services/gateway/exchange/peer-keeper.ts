import type { Logger } from '#libs/log/logger.ts';
import type { PeerStore } from './ports.ts';
import { KEEP_AGAIN_MS, RECORDS_PER_MESSAGE_MAX } from './rules/exchange-limits.ts';
import type { ListedPeer } from './rules/peer-list.ts';

export interface PeerKeeperOptions {
  readonly store: PeerStore;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** Milliseconds since 1970; for the file alone. */
  readonly wallMs: () => number;
  readonly log: Logger;
}

/**
 * Hands learned peers on to be kept for the next start (P2P-31), but only those that we were connected with: hearsay
 * fills no file. While the store is away, the entries wait.
 */
export class PeerKeeper {
  readonly #options: PeerKeeperOptions;
  /** The last entry that the store was told, by key. */
  readonly #kept = new Map<string, { readonly sequence: bigint; readonly atMs: number }>();
  readonly #removed = new Set<string>();
  #isAway = false;
  #isBusy = false;

  constructor(options: PeerKeeperOptions) {
    this.#options = options;
  }

  /** Peers that were not seen for too long. */
  remove(keys: readonly string[]): void {
    for (const key of keys) if (this.#kept.delete(key)) this.#removed.add(key);
  }

  /** Tells the store the news of the connected peers. Never rejects. */
  async keep(connected: readonly ListedPeer[]): Promise<void> {
    const { store, nowMs, wallMs, log } = this.#options;
    const seen = connected.filter((peer) => this.#isNew(peer)).slice(0, RECORDS_PER_MESSAGE_MAX);
    const removed = [...this.#removed].slice(0, RECORDS_PER_MESSAGE_MAX);
    if (this.#isBusy || seen.length + removed.length === 0) return;
    this.#isBusy = true;
    try {
      const lastSeenS = Math.floor(wallMs() / 1000);
      const kept = seen.map(({ record, usable }) => ({
        publicKey: Buffer.from(record.key, 'hex'),
        addresses: usable,
        lastSeenS,
      }));
      await store.keep(
        kept,
        removed.map((key) => Buffer.from(key, 'hex')),
      );
      for (const { record } of seen) this.#kept.set(record.key, { sequence: record.sequence, atMs: nowMs() });
      for (const key of removed) this.#removed.delete(key);
      this.#isAway = false;
    } catch (error) {
      if (!this.#isAway) log.warn('learned peers cannot be kept now, trying on', { error: `${error}` });
      this.#isAway = true;
    } finally {
      this.#isBusy = false;
    }
  }

  #isNew({ record }: ListedPeer): boolean {
    const last = this.#kept.get(record.key);
    return (
      last === undefined ||
      last.sequence !== record.sequence ||
      this.#options.nowMs() - last.atMs > KEEP_AGAIN_MS
    );
  }
}
