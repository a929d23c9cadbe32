const DAY_MS = 24 * 60 * 60 * 1000;

/** Every bound of the event bus, with its reason. */
export const EVENT_LIMITS = {
  /** First connection and each attempt after a loss. */
  connectTimeoutMs: 2_000,
  /** Between attempts: a server on the same host is back within a second. */
  reconnectMs: 250,
  /** A frozen server is noticed after two pings without an answer. */
  pingMs: 10_000,
  pingsUnanswered: 2,
  /** A fact that is not acknowledged by then is published again by its cursor. */
  ackTimeoutMs: 5_000,
  /** The stream forgets the oldest facts beyond these; the chain has them all. */
  streamAgeMs: 7 * DAY_MS,
  streamBytes: 256 * 1024 * 1024,
  /** A fact repeated within it is stored once. The cursor goes back no further than its last second. */
  duplicateWindowMs: 10 * 60 * 1000,
} as const;
