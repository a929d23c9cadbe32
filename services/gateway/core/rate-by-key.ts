import { TokenBucket } from './token-bucket.ts';

export interface RateByKeyOptions {
  readonly perSecond: number;
  readonly burst: number;
  /** Beyond it the key that was first met longest ago is forgotten. */
  readonly keysMax: number;
}

/** A rate of its own for each peer or address, so that a noisy one costs itself alone. */
export class RateByKey {
  readonly #options: RateByKeyOptions;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(options: RateByKeyOptions) {
    this.#options = options;
  }

  /** Counts one event of `key` at `nowMs`; false when the rate is exceeded. */
  admit(key: string, nowMs: number): boolean {
    return this.#bucketOf(key, nowMs).take(1, nowMs);
  }

  #bucketOf(key: string, nowMs: number): TokenBucket {
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    const { keysMax } = this.#options;
    const [oldest] = this.#buckets.size < keysMax ? [] : this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
    const bucket = new TokenBucket({ ...this.#options, nowMs });
    this.#buckets.set(key, bucket);
    return bucket;
  }
}
