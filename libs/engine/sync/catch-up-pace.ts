import type { Height } from '#libs/chain/ids.ts';

export interface CatchUpProgress {
  /** Height of the highest decision seen proved and not reached yet. */
  readonly targetHeight: Height;
  /** Estimate, milliseconds; undefined before the first blocks came. */
  readonly remainingMs: number | undefined;
}

/** The pace of one catch-up. It is shown to people and decides nothing. */
export class CatchUpPace {
  readonly #startHeight: Height;
  readonly #startMs: number;

  constructor(startHeight: Height, startMs: number) {
    this.#startHeight = startHeight;
    this.#startMs = startMs;
  }

  progress(height: Height, targetHeight: Height, nowMs: number): CatchUpProgress {
    const blocks = Number(height - this.#startHeight);
    const tookMs = Math.max(0, nowMs - this.#startMs);
    const remainingMs = blocks === 0 ? undefined : (tookMs / blocks) * Number(targetHeight - height);
    return { targetHeight, remainingMs };
  }
}
