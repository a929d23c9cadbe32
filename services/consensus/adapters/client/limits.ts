import { status } from '@grpc/grpc-js';
import type { StrangerLimits } from '#libs/grpc/stranger-room.ts';
import { ConsensusServiceDefinition } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { ClientCall } from './client-call.ts';

/** Bounds of the client API, each with its reason. */
export interface ClientLimits {
  /**
   * Calls of WaitTransaction at once: of all, of those known by a key and those not, of one key or address, of one
   * connection. Each costs a timer and a map entry. Once all are taken, the caller that holds most gives one up for a
   * caller that holds less.
   */
  readonly waitersMax: readonly [number, number, number, number];
  /**
   * Transactions that calls of WaitTransactions wait for at once, likewise: each costs 800 bytes (measured: its hash, a map entry and
   * two functions), and all of a call one timer.
   */
  readonly awaitedMax: readonly [number, number, number, number];
  /** The longest wait of one WaitTransaction or WaitTransactions, ms: a later deadline of its caller is cut to it. */
  readonly waitMsMax: number;
  /** Transactions of one SubmitTransactions or WaitTransactions: beyond so many, another call costs next to nothing. */
  readonly batchMax: number;
  /** Those of them that are looked up in one go, some 10 µs each: a fifth of a slice of reads. */
  readonly batchPartMax: number;
  /** Places of reads that a part of a batch takes while it waits: its request may have 256 KiB, that of a read a hundred bytes. */
  readonly batchPartWeight: number;
  /** Watches at once, likewise. Each may hold one block in memory while its reader takes it. */
  readonly watchesMax: readonly [number, number, number, number];
  /** Reads of the chain that wait for their turn, likewise: each is a request in memory. */
  readonly readsMax: readonly [number, number, number, number];
  /**
   * Length of a slice of reads, ms; the same time is then left to all other work. The longest read of one block takes
   * some ten times that.
   */
  readonly readSliceMs: number;
  /**
   * Time that a reader may take over one message of a watch before the watch is ended and the reader told to come
   * back, ms.
   */
  readonly watchReaderMsMax: number;
  /** Pause between progress messages when the caller names no interval, ms. */
  readonly progressMsDefault: number;
  /** The longest interval between progress messages, s: beyond an hour it is a mistake. */
  readonly progressSecondsMax: number;
  /** Evidence in one answer when the caller names no number. */
  readonly evidenceDefault: number;
  /** Evidence in one answer: up to 100 KB each, and a message holds 32 MiB. */
  readonly evidenceMax: number;
}

export const CLIENT_LIMITS: ClientLimits = {
  // One connection has 1,024 calls at most; half of all leaves a place for the next address without anybody losing one.
  waitersMax: [4_096, 4_096, 2_048, 1_024],
  // 50 MiB. One connection may wait for sixteen full batches.
  awaitedMax: [65_536, 65_536, 32_768, 16_384],
  waitMsMax: 10 * 60_000,
  batchMax: 1_000,
  batchPartMax: 100,
  // 64 batches of one connection wait, 128 of one caller and 256 of all: some 100 MiB.
  batchPartWeight: 16,
  // A wallet watches once, an explorer a few times, and an office with many of these shares an address.
  watchesMax: [256, 256, 64, 16],
  readsMax: [4_096, 4_096, 2_048, 1_024],
  readSliceMs: 5,
  watchReaderMsMax: 30_000,
  progressMsDefault: 5_000,
  progressSecondsMax: 3_600,
  evidenceDefault: 16,
  evidenceMax: 64,
};

/** How long a call may wait at most, ms. */
export function waitMsOf({ deadline }: ClientCall, { waitMsMax }: Pick<ClientLimits, 'waitMsMax'>): number {
  const leftMs = deadline === undefined ? waitMsMax : deadline.getTime() - Date.now();
  return Math.max(0, Math.min(leftMs, waitMsMax));
}

const { fullName, methods } = ConsensusServiceDefinition;
const SUBMIT_PATH = `/${fullName}/${methods.submitTransaction.name}`;
const SUBMIT_MANY_PATH = `/${fullName}/${methods.submitTransactions.name}`;

/** Bytes of the transactions of one SubmitTransactions, where the genesis allows no single one as large. */
const BATCH_BYTES = 256 * 1024;

/**
 * Bytes allowed beside the transactions of a request: its other fields, and room for a transaction that is too
 * large, so that the refusal can name the limit.
 */
const REQUEST_BYTES_BESIDE = 64 * 1024;

/**
 * Memory that incomplete requests may hold in all, if each is as large as it can be. The number of requests that
 * follows from it, `ARRIVING_MIN` at least, bounds how many slow ones are kept.
 */
const ARRIVING_BYTES_MAX = 512 * 1024 * 1024;
const ARRIVING_MIN = 512;

/**
 * Resources of this member that clients may hold: anybody can be a client, and consensus runs in the same
 * process.
 */
export function strangerLimits(transactionBytesMax: number): StrangerLimits {
  const batchBytesMax = Math.max(BATCH_BYTES, transactionBytesMax);
  const messageBytesMax = batchBytesMax + REQUEST_BYTES_BESIDE;
  return {
    messageBytesMax,
    // Each costs some 100 KB; ten thousand idle ones would be a gigabyte in the process that also votes.
    connectionsMax: 1_024,
    // Clients dial again by themselves at their next call; a watch or a wait is a call for as long as it stands.
    idleMsMax: 5 * 60_000,
    tooLarge: (path, sizeBytes) => requestTooLarge(path, sizeBytes, { transactionBytesMax, batchBytesMax }),
    // Half a megabyte over the worst of links.
    requestMsMax: 10_000,
    // A thousand at once are an ordinary client in a hurry, and wait for a busy member: they must not count as dawdlers.
    arrivingMax: Math.max(ARRIVING_MIN, Math.floor(ARRIVING_BYTES_MAX / messageBytesMax)),
    patienceMs: 1_000,
    // The largest answer of all but the largest federations, 16 MiB, over 3 Mbit/s; and time for the reader of a watch to hear, after 30 s, why it
    // lost its place.
    answerMsMax: 60_000,
    untakenBytesMax: 64 * 1024 * 1024,
  };
}

function requestTooLarge(
  path: string,
  sizeBytes: number,
  {
    transactionBytesMax,
    batchBytesMax,
  }: { readonly transactionBytesMax: number; readonly batchBytesMax: number },
): ReturnType<NonNullable<StrangerLimits['tooLarge']>> {
  if (path === SUBMIT_MANY_PATH) {
    return {
      status: status.INVALID_ARGUMENT,
      errorCode: 'CONSENSUS_BATCH_TOO_LARGE',
      details: `the transactions of one call have ${batchBytesMax} bytes together at most, and this request has ${sizeBytes}: hand them in by several calls`,
    };
  }
  if (path !== SUBMIT_PATH) return undefined;
  return {
    status: status.INVALID_ARGUMENT,
    errorCode: 'CONSENSUS_TRANSACTION_TOO_LARGE',
    details: `transaction above the limit of the genesis, transaction_bytes_max ${transactionBytesMax}: the request has ${sizeBytes} bytes`,
  };
}
