import type { Height } from '#libs/chain/ids.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { HistoryStore } from './chain-store/history-store.ts';

/**
 * Logs the finding and repair of damaged history. A disk that lost much must not fill the log, however much of
 * it readers ask for.
 */
export class HistoryLog {
  readonly #log: Logger;
  #isWhole = true;
  #unreadable = '';

  constructor(log: Logger) {
    this.#log = log;
  }

  follow(history: Pick<HistoryStore, 'onDamaged' | 'onRestored'>): void {
    history.onDamaged((height, reason) => this.#damaged(height, reason));
    history.onRestored((height, left) => this.#restored(height, left));
  }

  /** The first failure of a read that a reader asked for; empty when there was none. */
  get unreadableReason(): string {
    return this.#unreadable;
  }

  /** Something that a reader asked for, and that belongs to no single block. Said once: the disk does not heal. */
  unreadable(reason: string): void {
    if (this.#unreadable !== '') return;
    this.#unreadable = reason;
    this.#log.error('requested data cannot be read, this member goes on', new Error(reason));
  }

  #damaged(height: Height, reason: string): void {
    const text = 'a final block is damaged on the disk, and is fetched again from other members';
    if (this.#isWhole) this.#log.error(text, new Error(reason), { height });
    else this.#log.debug(text, { height, reason });
    this.#isWhole = false;
  }

  #restored(height: Height, left: number): void {
    this.#isWhole = left === 0;
    this.#log.info('a damaged block was fetched again', { height, left });
  }
}
