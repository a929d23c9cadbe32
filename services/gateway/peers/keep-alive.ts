import {
  BEAT_LATE_MS,
  BEATS_PER_ROUND_TRIP,
  BUSY_BEAT,
  KEEP_ALIVE_BEAT_MS,
  SILENT_BEATS_MAX,
  SUSPICIOUS_BEATS_MAX,
} from '../core/connection-limits.ts';
import type { PeerConnection } from '../ports/peer-network.ts';

export interface KeepAliveOptions {
  readonly onRoundTrip: (microseconds: number) => void;
  /** Something came from the peer since the last beat. */
  readonly onAlive: () => void;
  /** Called when nothing came from the peer for too long. */
  readonly onDead: () => void;
  /** Whether this process, or the machine it is on, cannot keep up now: then the other end may not either. */
  readonly isBusy: () => boolean;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

/**
 * Asks a silent peer and finds a dead link long before TCP does (P2P-15). Any bytes from the peer are a sign of
 * life, so that a busy link is not taken for a dead one.
 */
export class KeepAlive {
  readonly #connection: PeerConnection;
  readonly #options: KeepAliveOptions;
  readonly #timer: NodeJS.Timeout;
  #lastBeatMs: number;
  #beats = 0;
  #silentBeats = 0;
  #silentBeatsMax = SILENT_BEATS_MAX;
  #isAsking = false;

  constructor(connection: PeerConnection, options: KeepAliveOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#lastBeatMs = options.nowMs();
    this.#timer = setInterval(() => this.#beat(), KEEP_ALIVE_BEAT_MS);
    connection.onClosed(() => this.stop());
    void this.#ask();
  }

  /** Our own network changed: the peer must answer soon. */
  suspect(): void {
    this.#silentBeatsMax = SUSPICIOUS_BEATS_MAX;
    this.#silentBeats = 0;
    void this.#ask();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    const nowMs = this.#options.nowMs();
    const wasInTime = nowMs - this.#lastBeatMs <= KEEP_ALIVE_BEAT_MS + BEAT_LATE_MS;
    const isHeard = this.#connection.heardAtMs >= this.#lastBeatMs;
    if (isHeard) this.#silentBeats = 0;
    else if (wasInTime) this.#silentBeats += this.#options.isBusy() ? BUSY_BEAT : 1;
    this.#lastBeatMs = nowMs;
    this.#beats += 1;
    if (isHeard) this.#options.onAlive();
    if (this.#silentBeats >= this.#silentBeatsMax) {
      this.stop();
      this.#options.onDead();
    } else if (!isHeard || this.#beats % BEATS_PER_ROUND_TRIP === 0) void this.#ask();
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      // No time limit of its own: a late answer is an answer, and silence is judged above.
      this.#options.onRoundTrip(await this.#connection.ping());
      this.#silentBeatsMax = SILENT_BEATS_MAX;
    } catch {
      // The connection ends, or its silence does.
    } finally {
      this.#isAsking = false;
    }
  }
}
