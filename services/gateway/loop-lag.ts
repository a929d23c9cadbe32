import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { BUSY_LAG_MS, LAG_DECAY, LAG_TICK_MS } from './core/connection-limits.ts';

/**
 * The lag of this process behind its timers, caused by its own work or by a machine with too much. Work that is
 * not urgent waits for better times, so that an overloaded gateway does not add to its own overload.
 */
export class LoopLag implements Lifecycle {
  readonly #nowMs: () => number;
  #timer: NodeJS.Timeout | undefined;
  #lastMs = 0;
  #lagMs = 0;

  /** @param nowMs - Monotonic milliseconds. */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  get isBusy(): boolean {
    return this.#lagMs > BUSY_LAG_MS;
  }

  async start(): Promise<void> {
    this.#lastMs = this.#nowMs();
    this.#timer = setInterval(() => this.#tick(), LAG_TICK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
  }

  /** Takes the last delay, or the decayed rest of a longer one before it. */
  #tick(): void {
    const nowMs = this.#nowMs();
    const lateMs = Math.max(0, nowMs - this.#lastMs - LAG_TICK_MS);
    this.#lagMs = Math.max(lateMs, this.#lagMs * LAG_DECAY);
    this.#lastMs = nowMs;
  }
}
