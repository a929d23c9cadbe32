import type { StrangerLimits } from '#libs/grpc/stranger-room.ts';

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

/** The fields of a request beside its transaction, with room for one that is too large to be told so by name. */
const REQUEST_BYTES_BESIDE = 64 * 1024;

/** What requests that are not whole may hold, if each is as large as can be; more than so many that dawdle are never kept. */
const ARRIVING_BYTES_MAX = 512 * 1024 * 1024;
const ARRIVING_MIN = 512;

/** What all clients together may hold of this member: anybody may be one, and consensus runs in the same process. */
export function strangerLimits(transactionBytesMax: number): StrangerLimits {
  const messageBytesMax = transactionBytesMax + REQUEST_BYTES_BESIDE;
  return {
    messageBytesMax,
    // Half a megabyte over the worst of links.
    requestMsMax: 10_000,
    // A thousand at once are an ordinary client in a hurry, and wait for a busy member: they must not count as dawdlers.
    arrivingMax: Math.max(ARRIVING_MIN, Math.floor(ARRIVING_BYTES_MAX / messageBytesMax)),
    patienceMs: 1_000,
    // The largest answer, 16 MiB, over 3 Mbit/s; and a reader of a watch is told after 30 s why it lost its place.
    answerMsMax: 60_000,
    untakenBytesMax: 64 * 1024 * 1024,
  };
}
