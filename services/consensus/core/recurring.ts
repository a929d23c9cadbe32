import { RECURRING_MS, RECURRING_TOPICS_MAX } from './core-limits.ts';

interface Topic {
  readonly saidMs: number;
  /** Occurrences since then. */
  count: number;
}

/**
 * Decides when a recurring event is logged: the first time, and then once a minute at most, with the number of
 * occurrences since. Memory and lines are bounded for any input.
 */
export class Recurring {
  readonly #nowMs: () => number;
  /** Ordered by the time of the last line, oldest first. */
  readonly #topics = new Map<string, Topic>();

  /** @param nowMs - Milliseconds of a clock that never goes back. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /**
   * Notes an occurrence.
   * @returns the occurrences since the last line, when a line is due now.
   */
  note(topic: string): number | undefined {
    const nowMs = this.#nowMs();
    const known = this.#topics.get(topic);
    if (known !== undefined) known.count += 1;
    const isRecent = known !== undefined && nowMs < known.saidMs + RECURRING_MS;
    if (isRecent || (known === undefined && !this.#hasRoom(nowMs))) return undefined;
    this.#topics.delete(topic);
    this.#topics.set(topic, { saidMs: nowMs, count: 0 });
    return known?.count ?? 1;
  }

  /** Makes room at the cost of a topic whose next line is due anyway. */
  #hasRoom(nowMs: number): boolean {
    if (this.#topics.size < RECURRING_TOPICS_MAX) return true;
    const [oldest] = this.#topics;
    if (oldest === undefined || nowMs < oldest[1].saidMs + RECURRING_MS) return false;
    return this.#topics.delete(oldest[0]);
  }
}
