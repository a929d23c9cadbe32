import { Encoder } from '#libs/bytes/encoder.ts';
import { digestOf } from './digest.ts';
import { type HeaderExtension, putExtensions } from './header-extensions.ts';
import {
  type Digest,
  digestBytes,
  type Epoch,
  type Height,
  type MemberIndex,
  toMemberIndex,
  type View,
} from './ids.ts';
import type { Transaction } from './transaction.ts';

/** The proposer of a block that its parent alone determines, so that no leader made it. No message carries one yet. */
export const NO_PROPOSER: MemberIndex = toMemberIndex(2 ** 32 - 1);

/** The part of a block that members vote on. */
export interface BlockHeader {
  readonly height: Height;
  readonly epoch: Epoch;
  /** View in which the block was proposed. */
  readonly view: View;
  readonly proposer: MemberIndex;
  /** Proposer's wall clock in milliseconds since 1970: shown to people, decides nothing. */
  readonly timestampMs: bigint;
  /** Digest of the parent's header; zeros for genesis. */
  readonly parent: Digest;
  /** Merkle root over the transactions of this block. */
  readonly payloadRoot: Digest;
  /**
   * Merkle root over the hashes of all transactions of the chain up to and with this block (state-leaf.ts); with the roots of
   * the other sections of the state, where there are any (section-roots.ts).
   */
  readonly stateRoot: Digest;
  readonly transactionCount: number;
  /** Ascending by tag, judged by `extensionsFault`; most headers have none. */
  readonly extensions: readonly HeaderExtension[];
}

/** A header with its transactions and the digest of the header. Made by `sealBlock` alone. */
export interface Block {
  readonly header: BlockHeader;
  readonly digest: Digest;
  /** The transactions, in order. */
  readonly transactions: readonly Transaction[];
}

const HEADER_TAG = 'btcfed/block/v1';
const EXTENDED_TAG = 'btcfed/block/v2';
const DIGEST_BYTES = 32;

/**
 * Canonical bytes of a header: the input of its digest. Version 1 without extensions, version 2 with them. Vectors:
 * test/vectors/block-header.json, test/vectors/header-extensions.json.
 */
export function headerBytes(header: BlockHeader): Uint8Array {
  const { extensions } = header;
  const encoder = new Encoder()
    .text(extensions.length === 0 ? HEADER_TAG : EXTENDED_TAG)
    .u64(header.height)
    .u64(header.epoch)
    .u64(header.view)
    .u32(header.proposer)
    .u64(header.timestampMs)
    .fixed(digestBytes(header.parent), DIGEST_BYTES)
    .fixed(digestBytes(header.payloadRoot), DIGEST_BYTES)
    .fixed(digestBytes(header.stateRoot), DIGEST_BYTES)
    .u32(header.transactionCount);
  return (extensions.length === 0 ? encoder : putExtensions(encoder, extensions)).finish();
}

/** SHA-256 of the canonical header bytes. */
export function headerDigest(header: BlockHeader): Digest {
  return digestOf(headerBytes(header));
}

/** Joins a header and its transactions and computes the digest; does not check that they belong together. */
export function sealBlock(header: BlockHeader, transactions: readonly Transaction[]): Block {
  return { header, digest: headerDigest(header), transactions };
}
