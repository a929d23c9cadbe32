import { TokenBucket } from '../../core/token-bucket.ts';
import {
  RATES_MAX,
  REQUEST_BURST,
  REQUESTS_PER_INTERVAL,
  REQUESTS_PER_MINUTE,
  UPDATE_BURST,
  UPDATES_PER_SECOND,
} from './exchange-limits.ts';

interface Rates {
  readonly requests: TokenBucket;
  readonly updates: TokenBucket;
}

/** The rates of each peer's questions and records in peer exchange (P2P-77). Time is given from outside. */
export class ExchangeRates {
  readonly #byPeer = new Map<string, Rates>();
  readonly #intervalMs: () => number;

  /** @param intervalMs - Our own exchange interval: a peer that asks once in each must not be refused. */
  constructor(intervalMs: () => number) {
    this.#intervalMs = intervalMs;
  }

  mayRequest(peer: string, nowMs: number): boolean {
    return this.#ratesOf(peer, nowMs).requests.take(1, nowMs);
  }

  mayTell(peer: string, nowMs: number): boolean {
    return this.#ratesOf(peer, nowMs).updates.take(1, nowMs);
  }

  #ratesOf(peer: string, nowMs: number): Rates {
    const known = this.#byPeer.get(peer);
    if (known !== undefined) return known;
    const [oldest] = this.#byPeer.size < RATES_MAX ? [] : this.#byPeer.keys();
    if (oldest !== undefined) this.#byPeer.delete(oldest);
    const perSecond = Math.max(REQUESTS_PER_MINUTE / 60, (1000 * REQUESTS_PER_INTERVAL) / this.#intervalMs());
    const rates: Rates = {
      requests: new TokenBucket({ perSecond, burst: REQUEST_BURST, nowMs }),
      updates: new TokenBucket({ perSecond: UPDATES_PER_SECOND, burst: UPDATE_BURST, nowMs }),
    };
    this.#byPeer.set(peer, rates);
    return rates;
  }
}
