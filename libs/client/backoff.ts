import { RemoteError } from '#libs/grpc/client.ts';

export interface BackoffLimits {
  /** Pause before the first new try, ms; it doubles with each failed try. */
  readonly backoffMsMin: number;
  readonly backoffMsMax: number;
}

/**
 * How long to wait before the next try. Half of each wait is drawn: callers that were refused in one moment would come back
 * in one moment too, and be refused again.
 */
export class Backoff {
  readonly #limits: BackoffLimits;
  readonly #random: () => number;
  #ceilingMs: number;

  constructor(limits: BackoffLimits, random: () => number = Math.random) {
    this.#limits = limits;
    this.#random = random;
    this.#ceilingMs = limits.backoffMsMin;
  }

  nextMs(): number {
    const waitMs = (this.#ceilingMs / 2) * (1 + this.#random());
    this.#ceilingMs = Math.min(2 * this.#ceilingMs, this.#limits.backoffMsMax);
    return waitMs;
  }

  /** Something came: the next wait is a short one. */
  reset(): void {
    this.#ceilingMs = this.#limits.backoffMsMin;
  }
}

/** Statuses that pass by themselves, with this member or behind this address. A reset stream also gives INTERNAL. */
const PASSING = new Set(['UNAVAILABLE', 'CANCELLED', 'RESOURCE_EXHAUSTED', 'INTERNAL', 'UNKNOWN', 'ABORTED']);

/** Whether another try may succeed; for any other error the caller must change something. */
export function mayPass(error: unknown): boolean {
  return error instanceof RemoteError && PASSING.has(error.detail.status);
}
