import {
  federationSizes,
  LARGEST_SIZES,
  LARGEST_TERMS,
  type SizeTerms,
} from '#libs/chain/federation-sizes.ts';

/** Bounds of everything that one message from outside may hold. Each is checked before a type is built. */
export interface WireLimits {
  /** The whole encoded message, bytes. */
  readonly messageBytesMax: number;
  /**
   * Tags and lengths read while decoding one message. It bounds the objects that a sender can make us build:
   * 32 MiB of empty fields would be sixteen million of them.
   */
  readonly fieldsMax: number;
  /** One transaction, bytes. */
  readonly transactionBytesMax: number;
  /** Transactions in one block or one batch. */
  readonly transactionsMax: number;
  /** Transactions of clients that a block may name: those that it may have. Openers, which count for no limit, are carried. */
  readonly namesMax: number;
  /** Blocks in one answer. */
  readonly blocksMax: number;
  /** Headers between a block and the certified one. */
  readonly descendantsMax: number;
  /** Members of a federation: bounds member indexes and signatures per certificate. */
  readonly membersMax: number;
  /** One signature, bytes. */
  readonly signatureBytesMax: number;
}

const MIB = 1024 * 1024;

export const WIRE_LIMITS: WireLimits = {
  // One gateway frame and one gRPC message: a certificate of 512 signatures of 49,856 bytes fits, and a range of blocks beside it.
  messageBytesMax: 32 * MIB,
  // The largest block that a genesis may allow takes two reads for each transaction; the rest is for certificates.
  fieldsMax: 262_144,
  // The largest that a genesis may allow (libs/settings/genesis-parameters.ts); its own bound is narrower.
  transactionBytesMax: 4 * MIB,
  transactionsMax: 100_000,
  // The most that a genesis may allow; its own bound is narrower.
  namesMax: 65_536,
  // Sync asks for fewer at a time.
  blocksMax: 1_024,
  // A commit proves its ancestors too, and views that commit nothing in between are few.
  descendantsMax: 1_024,
  membersMax: LARGEST_TERMS.members,
  signatureBytesMax: LARGEST_SIZES.signatureBytesMax,
};

/** The same for a federation whose terms are known: no wider, and no wider than those terms ask for. */
export function wireLimitsOf(terms: SizeTerms): WireLimits {
  return {
    ...WIRE_LIMITS,
    membersMax: Math.min(terms.members, WIRE_LIMITS.membersMax),
    signatureBytesMax: Math.min(federationSizes(terms).signatureBytesMax, WIRE_LIMITS.signatureBytesMax),
  };
}
