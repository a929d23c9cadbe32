import type { Logger } from '#libs/log/logger.ts';
import { SEND_QUEUE_BOUND } from '../core/limits.ts';
import type { TrafficClass } from '../core/traffic-class.ts';
import { SendQueue } from './rules/send-queue.ts';

export interface PeerOutboxOptions {
  readonly log: Logger;
  readonly onDropped: (frames: number) => void;
}

/** Frames that wait for one peer. A peer that reads too slowly loses its own oldest frames, which is logged once. */
export class PeerOutbox {
  readonly queue = new SendQueue(SEND_QUEUE_BOUND);
  readonly #options: PeerOutboxOptions;
  #isSlow = false;
  #sentBytes = 0;

  constructor(options: PeerOutboxOptions) {
    this.#options = options;
  }

  /** Bytes that left, over all connections. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  push(trafficClass: TrafficClass, payload: Uint8Array): void {
    const dropped = this.queue.push(trafficClass, payload);
    if (dropped === 0) return;
    this.#options.onDropped(dropped);
    if (this.#isSlow) return;
    this.#isSlow = true;
    this.#options.log.warn('peer is slow, the oldest frames for it are dropped');
  }

  /** Frames left: the peer no longer counts as slow when none waits. */
  onSent(bytes: number): void {
    this.#sentBytes += bytes;
    if (this.#isSlow) this.#isSlow = !this.queue.isEmptyOfAll;
  }

  clear(): void {
    const dropped = this.queue.clear();
    if (dropped > 0) this.#options.onDropped(dropped);
  }
}
