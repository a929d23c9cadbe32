import {
  DIAL_BURST,
  DIALS_PER_SECOND,
  HURRIES_PER_SECOND,
  LEARNED_DIAL_BURST,
  LEARNED_DIALS_PER_SECOND,
} from '../core/connection-limits.ts';
import { TokenBucket } from '../core/token-bucket.ts';

/** How many dials all peers together may begin (P2P-78), each kind for itself. */
export class DialBudget {
  readonly #nowMs: () => number;
  readonly #dials: TokenBucket;
  readonly #patient: TokenBucket;
  readonly #hurries: TokenBucket;

  /** @param nowMs - Monotonic milliseconds. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    const bucket = (perSecond: number, burst: number) =>
      new TokenBucket({ perSecond, burst, nowMs: nowMs() });
    this.#dials = bucket(DIALS_PER_SECOND, DIAL_BURST);
    this.#patient = bucket(LEARNED_DIALS_PER_SECOND, LEARNED_DIAL_BURST);
    this.#hurries = bucket(HURRIES_PER_SECOND, 1);
  }

  /** Books one dial; answers how many milliseconds it must wait for those before it. */
  bookMs(isPatient: boolean): number {
    return (isPatient ? this.#patient : this.#dials).charge(1, this.#nowMs());
  }

  /** Whether all that wait may be brought forward now. */
  mayHurry(): boolean {
    return this.#hurries.take(1, this.#nowMs());
  }
}
