import type { Height } from '#libs/chain/ids.ts';
import { ChainError } from '#libs/engine/ports/chain-errors.ts';
import { DAMAGED_HEIGHTS_MAX } from './limits.ts';

/**
 * The final blocks whose bytes on the disk are not those written, by height. They are missing until they are put back; the oldest
 * are forgotten above the limit, and found again when they are read.
 */
export class DamagedBlocks {
  /** In the order in which they were found. */
  readonly #heights = new Set<Height>();
  readonly #listeners = new Set<(height: Height, reason: string) => void>();
  readonly #restoredListeners = new Set<(height: Height, left: number) => void>();

  /** Ascending. */
  heights(): readonly Height[] {
    return [...this.#heights].sort((a, b) => Number(a - b));
  }

  /** Tells of each height that is found, with the reason. Returns how to stop it. */
  onFound(listener: (height: Height, reason: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Tells of each height that was put back, and how many are not. */
  onRestored(listener: (height: Height, left: number) => void): void {
    this.#restoredListeners.add(listener);
  }

  /**
   * Runs a read of one final block and its parts. Any error, except a ChainError, means that the bytes on the
   * disk are not those written.
   */
  read<Value>(height: Height, work: () => Value | undefined): Value | undefined {
    if (this.#heights.has(height)) return undefined;
    try {
      return work();
    } catch (error) {
      if (error instanceof ChainError) throw error;
      this.found(height, error);
      return undefined;
    }
  }

  found(height: Height, error: unknown): void {
    const [oldest] = this.#heights;
    if (this.#heights.size >= DAMAGED_HEIGHTS_MAX && oldest !== undefined) this.#heights.delete(oldest);
    this.#heights.add(height);
    const reason = error instanceof Error ? error.message : String(error);
    for (const listener of this.#listeners) listener(height, reason);
  }

  restored(height: Height): void {
    this.#heights.delete(height);
    for (const listener of this.#restoredListeners) listener(height, this.#heights.size);
  }
}
