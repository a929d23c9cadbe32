import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { BUSY_LAG_MS, LAG_DECAY, LAG_TICK_MS } from './core/connection-limits.ts';

/**
 * How late this process comes to do what is due: its own work, or that of a machine which has too much. What is not urgent
 * waits for better times, so that a gateway which cannot keep up does not make more of what it cannot do.
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

  /** The last delay, or what is left of a longer one before it. */
  #tick(): void {
    const nowMs = this.#nowMs();
    const lateMs = Math.max(0, nowMs - this.#lastMs - LAG_TICK_MS);
    this.#lagMs = Math.max(lateMs, this.#lagMs * LAG_DECAY);
    this.#lastMs = nowMs;
  }
}
