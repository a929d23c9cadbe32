const DAY_MS = 24 * 60 * 60 * 1000;

/** Every bound of the event bus, with its reason. */
export const EVENT_LIMITS = {
  /** First connection and each attempt after a loss. */
  connectTimeoutMs: 2_000,
  /** Pause between attempts: a server on the same host is back within a second. */
  reconnectMs: 250,
  /** A frozen server is noticed after two pings without an answer. */
  pingMs: 10_000,
  pingsUnanswered: 2,
  /** A fact that is not acknowledged by then is published again by its cursor. */
  ackTimeoutMs: 5_000,
  /** The stream forgets the oldest facts beyond these; the chain has them all. */
  streamAgeMs: 7 * DAY_MS,
  streamBytes: 256 * 1024 * 1024,
  /** The server keeps some hundred bytes of memory for each. */
  streamFactsMax: 1_000_000,
  /** A fact has hashes and numbers alone: that of a block 34 bytes for each of 16,384 transactions at most, its headers below 700. */
  factBytesMax: 576 * 1024,
  /** The largest message on our own server. A signal is smaller than a fact, and a request of a reader too. */
  messageBytesMax: 640 * 1024,
  /** Consumers, in which readers that are away keep their position; each costs the server a file. */
  consumersMax: 64,
  /** Connections beside those of the services: readers, and callers that are about to be refused. */
  readersMax: 256,
  /** Time in which a caller must authenticate; then it is disconnected. */
  greetingSecondsMax: 2,
  /** A fact repeated within it is stored once. The cursor goes back no further than its last second. */
  duplicateWindowMs: 10 * 60 * 1000,
} as const;
