import { NEWS_DELAY_MS, NEWS_DELAY_SHARE, NEWS_FANOUT } from './rules/exchange-limits.ts';

export interface NewsOptions {
  /** Keys of the connected peers. */
  readonly audience: () => readonly string[];
  readonly intervalMs: () => number;
  readonly random: () => number;
  /** Tells one connected peer the records of these keys. */
  readonly tell: (listener: string, keys: readonly string[]) => void;
}

/**
 * Passes on new records, once: collected for a moment, told to a few connected peers chosen by chance, and
 * never to the peer that a record came from (P2P-72, P2P-78). A peer that misses a record, because the message
 * was full or nobody told it, hears of it when it asks.
 */
export class News {
  readonly #options: NewsOptions;
  /** Key of each record, and the peer that told it. */
  #pending = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: NewsOptions) {
    this.#options = options;
  }

  add(keys: readonly string[], teller: string): void {
    if (this.#isStopped) return;
    for (const key of keys) this.#pending.set(key, teller);
    if (this.#pending.size === 0 || this.#timer !== undefined) return;
    const delayMs = Math.min(NEWS_DELAY_MS, this.#options.intervalMs() * NEWS_DELAY_SHARE);
    this.#timer = setTimeout(() => this.#flush(), delayMs * (1 - this.#options.random() / 2));
  }

  /** For good: news that connected peers still tell is passed on to nobody. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#pending.clear();
  }

  #flush(): void {
    this.#timer = undefined;
    const pending = this.#pending;
    this.#pending = new Map();
    const { audience, random, tell } = this.#options;
    for (const listener of chooseSome(audience(), NEWS_FANOUT, random)) {
      const keys = [...pending]
        .filter(([key, teller]) => key !== listener && teller !== listener)
        .map(([key]) => key);
      if (keys.length > 0) tell(listener, keys);
    }
  }
}

/** Up to `count` of `all`, by chance. */
export function chooseSome<T>(all: readonly T[], count: number, random: () => number): readonly T[] {
  const left = [...all];
  const chosen: T[] = [];
  while (left.length > 0 && chosen.length < count) {
    chosen.push(...left.splice(Math.floor(random() * left.length), 1));
  }
  return chosen;
}
