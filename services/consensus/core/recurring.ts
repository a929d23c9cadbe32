import { RECURRING_MS, RECURRING_TOPICS_MAX } from './core-limits.ts';

interface Topic {
  readonly saidMs: number;
  /** How often it happened since. */
  count: number;
}

/**
 * Decides when something that happens again and again is said: the first time, and then once a minute at most, with how often it
 * happened since. Bounded, in memory and in lines, whatever happens.
 */
export class Recurring {
  readonly #nowMs: () => number;
  /** The one said longest ago first. */
  readonly #topics = new Map<string, Topic>();

  /** @param nowMs - Milliseconds of a clock that never goes back. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** It happened. @returns how often since it was said last, when it is to be said now. */
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

  /** Makes room at the cost of a topic that may be said again anyway. */
  #hasRoom(nowMs: number): boolean {
    if (this.#topics.size < RECURRING_TOPICS_MAX) return true;
    const [oldest] = this.#topics;
    if (oldest === undefined || nowMs < oldest[1].saidMs + RECURRING_MS) return false;
    return this.#topics.delete(oldest[0]);
  }
}
