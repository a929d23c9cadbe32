import { type Height, toHeight } from '#libs/chain/ids.ts';
import type { ClockPort } from '../ports/engine-ports.ts';
import type { HistoryPort } from '../ports/history-ports.ts';
import {
  CHECK_BLOCKS_MAX,
  CHECK_BYTES_MAX,
  CHECK_PASS_MS,
  CHECK_PAUSE_MS,
  CHECK_START_MS,
} from './history-limits.ts';

export interface CheckOptions {
  readonly history: HistoryPort;
  readonly clock: ClockPort;
  /** Whether the member has more urgent work. */
  readonly isBusy: () => boolean;
}

/**
 * Reads all of history in the background, a little each second, downwards and round: damage is found while other
 * members still have the block, and not only when a client asks for it.
 */
export class HistoryCheck {
  readonly #options: CheckOptions;
  #cancel: (() => void) | undefined;
  /** The height that is read next; undefined before the first. */
  #next: Height | undefined;
  /** Heights checked in this pass. */
  #checked = 0n;

  constructor(options: CheckOptions) {
    this.#options = options;
  }

  start(): void {
    this.#again(CHECK_START_MS);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #again(afterMs: number): void {
    this.stop();
    this.#cancel = this.#options.clock.after(afterMs, () => this.#slice());
  }

  #slice(): void {
    const { history, isBusy } = this.#options;
    const span = isBusy() ? undefined : history.checkable();
    if (span === undefined) return this.#again(CHECK_PAUSE_MS);
    let bytes = 0;
    for (let blocks = 0; blocks < CHECK_BLOCKS_MAX && bytes < CHECK_BYTES_MAX; blocks++) {
      const height = this.#heightIn(span.from, span.to);
      bytes += history.check(height);
      this.#next = toHeight(height - 1n);
      this.#checked += 1n;
      if (this.#checked > span.to - span.from) return this.#passed();
    }
    this.#again(CHECK_PAUSE_MS);
  }

  #passed(): void {
    this.#checked = 0n;
    this.#again(CHECK_PASS_MS);
  }

  /** The first is any, so that a member that is often started again sees all of them in time. */
  #heightIn(from: Height, to: Height): Height {
    const first =
      this.#next ?? toHeight(from + (BigInt(Math.floor(this.#options.clock.nowMs())) % (to - from + 1n)));
    return first < from || first > to ? to : first;
  }
}
