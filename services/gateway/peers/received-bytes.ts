import { PEER_BURST_BYTES, PEER_BYTES_PER_SECOND } from '../core/limits.ts';
import { TokenBucket } from '../core/token-bucket.ts';

/** The budget of bytes that one peer may send us, over all its connections. */
export class ReceivedBytes {
  readonly #bucket = new TokenBucket({
    perSecond: PEER_BYTES_PER_SECOND,
    burst: PEER_BURST_BYTES,
    nowMs: performance.now(),
  });
  #total = 0;

  /** All that came, what was refused included. */
  get total(): number {
    return this.#total;
  }

  /** As `TokenBucket.take`, at the present time. */
  take(bytes: number): ReturnType<TokenBucket['take']> {
    this.#total += bytes;
    return this.#bucket.take(bytes, performance.now());
  }
}
