import type { Block } from '#libs/chain/block.ts';
import type { Digest, Height } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { AuditHead } from '#libs/protocol/audit-head.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { BlockRange } from './block-range.ts';
import type { PartMessage } from './body-messages.ts';
import type { Snapshot } from './snapshot-ports.ts';

/** Transactions that a client gave the sender, or that the receiver asked for. */
export interface Transactions {
  readonly kind: 'transactions';
  readonly transactions: readonly Transaction[];
  /** Trace ids in the same order, for the log alone: their sender chose them, and they decide nothing. */
  readonly traceIds?: readonly (string | undefined)[];
}

/**
 * Hashes of transactions that have waited at the sender for a while: the receiver asks for those that it does not
 * know.
 */
export interface WaitingTransactions {
  readonly kind: 'waiting';
  readonly hashes: readonly Digest[];
}

/** Asks for transactions that wait at the receiver. */
export interface TransactionsRequest {
  readonly kind: 'transactions-request';
  readonly hashes: readonly Digest[];
}

/** Asks for final blocks, from `from` to `to` inclusive. */
export interface BlocksRequest {
  readonly kind: 'blocks-request';
  readonly requestId: bigint;
  readonly from: Height;
  readonly to: Height;
}

/** Final blocks from the `from` of the request. Of its height the sender says nothing: it would not be believed. */
export interface BlocksResponse {
  readonly kind: 'blocks-response';
  readonly requestId: bigint;
  /** Undefined when the sender holds none of these heights. */
  readonly range: BlockRange | undefined;
}

/** Asks for one block, final or not. */
export interface BlockRequest {
  readonly kind: 'block-request';
  readonly digest: Digest;
}

/** The block asked for. */
export interface BlockResponse {
  readonly kind: 'block-response';
  readonly block: Block;
}

/** Two signed statements of one member that contradict each other, in their canonical encoding. */
export interface EvidenceNotice {
  readonly kind: 'evidence';
  readonly content: Uint8Array;
}

/** Asks for the state as of a final block. */
export interface SnapshotRequest {
  readonly kind: 'snapshot-request';
  readonly requestId: bigint;
  readonly height: Height;
}

export interface SnapshotResponse {
  readonly kind: 'snapshot-response';
  readonly requestId: bigint;
  /** Undefined when the sender does not hold that block. */
  readonly snapshot: Snapshot | undefined;
}

/** Asks for one chunk of the state as of a final block. */
export interface ChunkRequest {
  readonly kind: 'chunk-request';
  readonly requestId: bigint;
  readonly height: Height;
  /** Number of the chunk, from 0. */
  readonly number: number;
}

export interface ChunkResponse {
  readonly kind: 'chunk-response';
  readonly requestId: bigint;
  /** Transaction hashes of 32 bytes; undefined when the sender does not hold them. */
  readonly hashes: Uint8Array | undefined;
}

/** The position that the sender claims to have reached. A reason to offer or to ask for proof, and never believed. */
export interface Whereabouts extends Position {
  readonly kind: 'whereabouts';
  /** Height of its newest final block. */
  readonly height: Height;
  /** The sender wants the receiver's position in return, even if the sender is further. */
  readonly asks: boolean;
  /** Head of the audit log of its signer. */
  readonly audit?: AuditHead | undefined;
}

/**
 * Proof that a block is decided, for a member that lacks it, and so that its epoch is over: understood whatever protocol
 * that epoch runs.
 */
export interface Decided {
  readonly kind: 'decided';
  readonly certificate: QuorumCertificate;
}

/** The messages by which the state is fetched. */
export type SnapshotMessage = SnapshotRequest | SnapshotResponse | ChunkRequest | ChunkResponse;

/** The messages of members beside the protocol. */
export type SyncMessage =
  | Transactions
  | WaitingTransactions
  | TransactionsRequest
  | BlocksRequest
  | BlocksResponse
  | BlockRequest
  | BlockResponse
  | EvidenceNotice
  | Whereabouts
  | Decided;

/** Everything that the consensus services of two members say to each other. */
export type PeerMessageBody = ProtocolMessage | SyncMessage | SnapshotMessage | PartMessage;

/** Kinds of messages that are heard from senders of any epoch: a member that is behind asks in its own. */
export type KindOfEveryEpoch = (
  | BlocksRequest
  | BlocksResponse
  | BlockRequest
  | BlockResponse
  | SnapshotMessage
)['kind'];
