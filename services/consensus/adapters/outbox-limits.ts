export interface OutboxLimits {
  /** Facts on their way at once: enough to hide the round trip, few enough to repeat. */
  readonly inFlightMax: number;
  /** Wait before the first new try while the bus is away, ms; it doubles. */
  readonly retryMsMin: number;
  readonly retryMsMax: number;
  /**
   * The cursor is made durable this often, ms. After a crash the facts since then are published again, with the same
   * ids. A shorter interval would make consensus wait for the disk on behalf of events.
   */
  readonly cursorMs: number;
  /** Looks at the chain this often although nothing woke it, ms. */
  readonly idleMs: number;
}

export const OUTBOX_LIMITS: OutboxLimits = {
  inFlightMax: 64,
  retryMsMin: 500,
  retryMsMax: 30_000,
  cursorMs: 1_000,
  idleMs: 60_000,
};
