import { FLAP_BURST, FLAPS_PER_SECOND } from './connection-limits.ts';
import { TokenBucket } from './token-bucket.ts';

/** Says whether a peer connects too often (P2P-22). Bounded: beyond `rememberedMax` peers the oldest is forgotten. */
export class FlapDamper {
  readonly #rememberedMax: number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(rememberedMax: number) {
    this.#rememberedMax = rememberedMax;
  }

  /** Counts a connection of `peer` at `nowMs`; false when it is one too many for now. */
  admit(peer: string, nowMs: number): boolean {
    return this.#bucketOf(peer, nowMs).take(1, nowMs);
  }

  #bucketOf(peer: string, nowMs: number): TokenBucket {
    const known = this.#buckets.get(peer);
    if (known !== undefined) return known;
    const [oldest] = this.#buckets.size < this.#rememberedMax ? [] : this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
    const bucket = new TokenBucket({ perSecond: FLAPS_PER_SECOND, burst: FLAP_BURST, nowMs });
    this.#buckets.set(peer, bucket);
    return bucket;
  }
}
