import type { Logger } from '#libs/log/logger.ts';
import type { ReloadReport, ReloadTrigger } from './core/reload-report.ts';
import { RETRY_PAUSES_MS } from './limits.ts';

/** Repeats a reload that failed for a reason that may pass, with growing pauses, some times (P2P-68). */
export class ReloadRetries {
  readonly #log: Logger;
  readonly #retry: () => Promise<unknown>;
  #count = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param retry - Asks for a reload with the trigger 'retry'; never rejects. */
  constructor(log: Logger, retry: () => Promise<unknown>) {
    this.#log = log;
    this.#retry = retry;
  }

  /** A reload is asked for: it takes the place of a planned one, and any trigger but 'retry' counts from the start. */
  begin(trigger: ReloadTrigger): void {
    clearTimeout(this.#timer);
    if (trigger !== 'retry') this.#count = 0;
  }

  /** A reload ended: plans the next one if its reason may pass. */
  after({ errorClass }: Pick<ReloadReport, 'errorClass'>): void {
    const pauseMs = RETRY_PAUSES_MS[this.#count];
    if (errorClass !== 'recoverable' || pauseMs === undefined || this.#isClosed) return;
    this.#count += 1;
    this.#log.info('the reload is tried again', { pause_ms: pauseMs, attempt: this.#count });
    this.#timer = setTimeout(() => void this.#retry(), pauseMs);
    this.#timer.unref();
  }

  /** Plans no more reloads. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}
