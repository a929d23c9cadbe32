/** Bounds of the client API, each with its reason. */
export interface ClientLimits {
  /** Calls of WaitTransaction at once. Each costs a timer and a map entry. */
  readonly waitersMax: number;
  /** The longest that one WaitTransaction waits, whatever deadline its caller sets, ms. */
  readonly waitMsMax: number;
  /** Watches at once. Each may hold one block in memory while its reader takes it. */
  readonly watchesMax: number;
  /** How long a reader may take over one message of a watch before it is told to come back, ms. */
  readonly watchReaderMsMax: number;
  /** Between progress messages when the caller names no interval, ms. */
  readonly progressMsDefault: number;
  /** The longest interval between progress messages, s: beyond an hour it is a mistake. */
  readonly progressSecondsMax: number;
  /** Evidence in one answer when the caller names no number. */
  readonly evidenceDefault: number;
  /** Evidence in one answer: up to 100 KB each, and a message holds 16 MiB. */
  readonly evidenceMax: number;
}

export const CLIENT_LIMITS: ClientLimits = {
  waitersMax: 4_096,
  waitMsMax: 10 * 60_000,
  watchesMax: 256,
  watchReaderMsMax: 30_000,
  progressMsDefault: 5_000,
  progressSecondsMax: 3_600,
  evidenceDefault: 16,
  evidenceMax: 64,
};
