import type { Logger } from '#libs/log/logger.ts';

/**
 * An attachment that stood for this long ends an absence. A shorter one belongs to the absence, however many there
 * are.
 */
export const STANDS_AFTER_MS = 1_000;

/**
 * Logs once that the gateway is away, and once that it is back: attempts come five times a second, perhaps for days.
 */
export class GatewayAbsence {
  readonly #log: Logger;
  #isAway = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** An attachment begins. */
  begins(): void {
    this.#timer = setTimeout(() => {
      if (this.#isAway) this.#log.info('gateway is attached again');
      this.#isAway = false;
    }, STANDS_AFTER_MS);
  }

  /** The attachment ended; with an error, unless we ended it ourselves. */
  ended(error?: unknown): void {
    clearTimeout(this.#timer);
    if (error === undefined || this.#isAway) return;
    this.#isAway = true;
    this.#log.warn('gateway attachment ended', { error: String(error) });
  }
}
