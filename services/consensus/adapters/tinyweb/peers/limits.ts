import { TrafficClass } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';

const MIB = 1024 * 1024;

/** Pauses before a message is tried again, milliseconds; after the last of them it waits for the peer to be back (TinyWeb's three tries). */
export const SEND_PAUSES_MS: readonly number[] = [500, 1_000, 2_000];

/** Part by which a pause is longer or shorter, so that members that fail together do not come together. */
export const RETRY_JITTER = 0.2;

/** One request, from its first byte to the end of its answer, milliseconds. */
export const POST_MS = 5_000;

/** A peer that answered nothing for so long is asked how far it is, milliseconds. */
export const PEER_PROBE_MS = 1_000;

/** The bounds of one class of messages for one peer. */
export interface LaneBound {
  /** Requests under way: of votes several, because none should wait for the answer to another. */
  readonly inFlightMax: number;
  /** Messages that wait; the oldest is dropped for the newest. */
  readonly messagesMax: number;
  readonly bytesMax: number;
  /** Messages that are kept while the peer is away: votes of a view or two. Blocks are asked for again, and transactions told again. */
  readonly keptMax: number;
}

/** Votes before bulk: each class has connections of its own, so a vote never stands behind a block in one. */
export const LANES: ReadonlyMap<TrafficClass, LaneBound> = new Map([
  [TrafficClass.CONSENSUS, { inFlightMax: 4, messagesMax: 512, bytesMax: 16 * MIB, keptMax: 32 }],
  [TrafficClass.SYNC, { inFlightMax: 2, messagesMax: 64, bytesMax: 16 * MIB, keptMax: 0 }],
  [TrafficClass.TRANSACTION, { inFlightMax: 1, messagesMax: 256, bytesMax: 4 * MIB, keptMax: 0 }],
]);

/** Blocks of one answer (TW-2.5.6). */
export const BLOCKS_PER_BODY_MAX = 50;

/** Messages whose bytes a member is remembered to have sent, of each member. */
export const SEEN_MESSAGES_MAX = 512;

/** Bodies with transactions that one member may send in a second, and their bytes; more is told to come again. */
export const TRANSACTION_BODIES_PER_SECOND = 64;
export const TRANSACTION_BYTES_PER_SECOND = 4 * MIB;
