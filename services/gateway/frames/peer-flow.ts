import { FLOOD_REST_MS, MUTE_MS_MAX, PEER_BURST_FRAMES, PEER_FRAMES_PER_SECOND } from '../core/limits.ts';
import { TokenBucket } from '../core/token-bucket.ts';
import type { PushResult } from './rules/inbox.ts';

export interface PeerFlowOptions {
  readonly complain: (cause: string) => void;
  /** Its streams may be read again. */
  readonly onRested: () => void;
}

/**
 * The reading pace of one peer: nothing is read for a while when consensus asks for that, and little when the
 * peer sends too many frames.
 */
export class PeerFlow {
  readonly #options: PeerFlowOptions;
  readonly #frames = new TokenBucket({
    perSecond: PEER_FRAMES_PER_SECOND,
    burst: PEER_BURST_FRAMES,
    nowMs: performance.now(),
  });
  /** Its streams rest until this fires. */
  #rest: NodeJS.Timeout | undefined;
  /** Frames that arrive during the rest are not wanted either. */
  #isMuted = false;

  constructor(options: PeerFlowOptions) {
    this.#options = options;
  }

  get isResting(): boolean {
    return this.#rest !== undefined;
  }

  /** Each stream rests from its next frame on, which is dropped. */
  mute(durationMs: number): void {
    this.#isMuted = true;
    this.#restFor(Math.min(durationMs, MUTE_MS_MAX));
  }

  /**
   * Hands a frame on with `deliver`, unless the peer is muted. One read may bring hundreds: all are taken, and
   * the stream rests afterwards.
   */
  take(deliver: () => PushResult): PushResult {
    if (this.#isMuted) return 'full';
    const result = deliver();
    if (this.#frames.charge(1, performance.now()) === 0) return result;
    if (this.#rest !== undefined) return 'full';
    this.#options.complain('peer sends too many frames, it is slowed down');
    this.#restFor(FLOOD_REST_MS);
    return 'full';
  }

  stop(): void {
    clearTimeout(this.#rest);
  }

  #restFor(durationMs: number): void {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#rest = undefined;
      this.#isMuted = false;
      const owedMs = this.#frames.charge(0, performance.now());
      if (owedMs > 0) return this.#restFor(owedMs);
      this.#options.onRested();
    }, durationMs);
  }
}
