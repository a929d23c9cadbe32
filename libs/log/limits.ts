/** Every bound of the log, with its reason. */
export const LOG_LIMITS = {
  /** A text of a field: more is a message of somebody else, not a fact. The rest of it is cut. */
  textCharactersMax: 8_192,
  /** A slow reader of the console gets this often this long before a line is dropped: service before log. */
  consoleRetriesMax: 5,
  consoleRetryMs: 2,
  /** A line that another process is writing is whole after it; longer, and it never will be. */
  foreignLineMs: 2,
  /**
   * Pause between attempts to open or rotate a file that refuses: a line costs microseconds, an attempt may cost
   * more.
   */
  retryMs: 1_000,
  /** Names tried for a rotated file: only other processes that rotate at this moment take one away. */
  namesTriedMax: 100,
  /** Rotated files deleted after one rotation: a service must not stand still over a folder of years. */
  deletedAtOnceMax: 100,
} as const;
