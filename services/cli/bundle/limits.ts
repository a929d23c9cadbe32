/** Bounds of a debug bundle, each with its reason. Sizes in bytes, times in milliseconds. */
export const BUNDLE_LIMITS = {
  /** A part that takes longer is left out, and its reason told: gRPC calls and pages have deadlines of their own, below this. */
  partMsMax: 120_000,
  /** A metrics page of 512 members has some 400 kB; more of one file than this reads nobody. */
  fileBytesMax: 4 * 1024 * 1024,
  /** The newest lines of all logs together: some minutes of a busy node at level info. */
  logBytesMax: 4 * 1024 * 1024,
  /** The newest lines of one log. */
  logTailBytesMax: 1024 * 1024,
  logFilesMax: 32,
  /** One page over HTTP. */
  pageMs: 10_000,
  /** Entries of the home that are listed, and how deep: a home has some forty, in two levels. */
  entriesMax: 10_000,
  depthMax: 8,
  /** A key, a passphrase or a configuration is smaller; a larger file is no place where secrets are looked for. */
  secretFileBytesMax: 64 * 1024,
  /** A file of certificates. */
  certificateBytesMax: 256 * 1024,
  certificateFilesMax: 100,
  /** Secrets that are looked for; a home has some ten. */
  secretsMax: 500,
} as const;
