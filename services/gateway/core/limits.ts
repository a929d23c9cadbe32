import type { ByClass } from './traffic-class.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Room for the Protobuf envelope of a frame inside one gRPC message of 32 MiB, the limit of libs/grpc. */
const ENVELOPE_BYTES_MAX = 64 * KIB;

/**
 * Largest payload of a frame. A certificate that 512 members signed with 256f is 25.6 MB. A frame that a peer may send but
 * gRPC may not carry would let that peer end the attachment of consensus: hence the room for the envelope.
 */
export const FRAME_BYTES_MAX: ByClass<number> = {
  consensus: 32 * MIB - ENVELOPE_BYTES_MAX,
  sync: 32 * MIB - ENVELOPE_BYTES_MAX,
  transaction: 4 * MIB,
};

/** A bound in frames and in bytes: a queue is full when it reaches either. */
export interface QueueBound {
  readonly framesMax: number;
  readonly bytesMax: number;
}

/**
 * Waiting for one peer's connection. Each holds at least the largest frame of its class. Consensus: a view's
 * proposal, certificates and votes, several views long. Sync: the asker asks again. Transactions: gossip again.
 */
export const SEND_QUEUE_BOUND: ByClass<QueueBound> = {
  consensus: { framesMax: 1024, bytesMax: 64 * MIB },
  sync: { framesMax: 64, bytesMax: 32 * MIB },
  transaction: { framesMax: 4096, bytesMax: 8 * MIB },
};

/**
 * Frames from one peer that wait for consensus. Beyond the bound the peer's stream is not read any more (consensus,
 * sync) or the frame is dropped (transactions).
 */
export const INBOX_BOUND: ByClass<QueueBound> = {
  consensus: { framesMax: 512, bytesMax: 8 * MIB },
  sync: { framesMax: 32, bytesMax: 8 * MIB },
  transaction: { framesMax: 1024, bytesMax: 2 * MIB },
};

/** Kept from one peer and class while no consensus is attached: enough for the votes of a short restart. */
export const DETACHED_BOUND: QueueBound = { framesMax: 32, bytesMax: 1 * MIB };

/**
 * One piece handed to yamux: one Noise message (65 535 bytes with its 16-byte tag) with a yamux header of 12. Bulk
 * goes in such pieces so that a vote waits for one piece at most.
 */
export const WRITE_CHUNK_BYTES = 65_535 - 16 - 12;

/** Views of a piece that are no longer than this are copied together: one call of the cipher costs as much as copying 4 KiB. */
export const JOINED_VIEW_BYTES_MAX = 4 * KIB;

/**
 * Window of one yamux stream. Bulk can put this much ahead of a vote in the socket's own buffer: 1 MiB is 80 ms
 * at 100 Mbit/s, and still 10 MB/s at 100 ms of round trip.
 */
export const STREAM_WINDOW_BYTES_MAX = 1 * MIB;

/**
 * Bytes that libp2p may keep of a stream that is not read: more than the window, so that it never resets by itself.
 */
export const STREAM_READ_BUFFER_BYTES_MAX = 4 * MIB;

/**
 * First piece of memory for a frame that arrives in parts, and the factor by which it grows as bytes arrive, so that a
 * claim costs nothing: what was copied into the smaller ones is a third of the frame.
 */
export const FRAME_BUFFER_BYTES_MIN = 64 * KIB;
export const FRAME_BUFFER_GROWTH = 4;

/**
 * A payload shorter than this share of the buffer it arrived in is copied, so that one vote in a queue does not
 * hold a whole read buffer in memory.
 */
export const VIEW_SHARE_MIN = 1 / 4;

/** Bytes per second from one peer, and the burst above it: a peer above both is flooding (P2P-77). */
export const PEER_BYTES_PER_SECOND = 128 * MIB;
export const PEER_BURST_BYTES = 512 * MIB;

/**
 * Frames per second from one peer, all classes, and the burst above it. An honest peer sends a dozen messages
 * in a view and passes transactions on in batches. Above it nothing is lost: the peer's streams rest for a
 * moment at a time.
 */
export const PEER_FRAMES_PER_SECOND = 1_000;
export const PEER_BURST_FRAMES = 1_000;
export const FLOOD_REST_MS = 100;

/** Time for a hello, which must be the first frame on a stream: a peer that opens silent streams holds memory. */
export const HELLO_TIMEOUT_MS = 10_000;

/** Opening one stream on a live connection. */
export const STREAM_OPEN_TIMEOUT_MS = 10_000;

/** Faults (oversized frame, late hello, flood) of one peer before its connection is closed, and how they fade. */
export const FAULTS_MAX = 8;
export const FAULTS_FORGIVEN_PER_SECOND = 1 / 60;

/** Longest time for which consensus can have a peer not read: a peer that deserves more is the operator's business. */
export const MUTE_MS_MAX = 10 * 60_000;

/**
 * Streams of one protocol on one connection, each way. Frames: the one in use and the one that replaces it. Peer exchange:
 * a request and an update at once, and those of a moment ago that are not closed yet.
 */
export const STREAMS_PER_PROTOCOL_MAX = 4;

/** Waiting for the config service at start. */
export const CONFIG_WAIT_MS = 30_000;
export const CONFIG_RETRY_MS = 250;

/** Time without a connection after the start, until the log reports that there is none (P2P-26). */
export const BOOTSTRAP_WAIT_MS = 120_000;

/** Causes that are remembered as already logged; beyond it the oldest may be logged again. */
export const LOGGED_CAUSES_MAX = 4_096;
