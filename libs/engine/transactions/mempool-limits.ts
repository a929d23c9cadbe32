import type { BlockLimits } from '#libs/chain/block-rules.ts';

/**
 * Bounds of the transactions that wait for a block. The pool holds at most the parts of clients and of members
 * together.
 */
export interface MempoolLimits {
  readonly transactionBytesMax: number;
  /** The part of the pool that the clients of this member may hold. */
  readonly clients: SourceShare;
  /** The part that all other members may hold. */
  readonly members: SourceShare;
  /** The part of that which any one other member may hold. */
  readonly eachMember: SourceShare;
}

export interface SourceShare {
  readonly countMax: number;
  readonly bytesMax: number;
}

/** Blocks that the pool can fill: a backlog of some seconds, and more than that is better refused at the door. */
const BLOCKS_WAITING = 16;

/** The most transactions in the pool, even where a block may hold more: each costs an entry of some hundred bytes. */
const COUNT_MAX = 100_000;

/** Transactions that the application may judge at one time: each is held meanwhile. */
export const CHECKS_MAX = 1_000;

/** The largest pool in memory, bytes. */
const BYTES_MAX = 64 * 1024 * 1024;

/**
 * Bounds of the pool. Half of it is reserved for this member's clients. The other half is divided among the other
 * members, so that a member that floods leaves the rest their parts.
 */
export function mempoolLimits(block: BlockLimits, members: number): MempoolLimits {
  const half: SourceShare = {
    countMax: Math.ceil(Math.min(block.transactionsMax * BLOCKS_WAITING, COUNT_MAX) / 2),
    bytesMax: Math.ceil(Math.min(block.bytesMax * BLOCKS_WAITING, BYTES_MAX) / 2),
  };
  const others = Math.max(members - 1, 1);
  const transactionBytesMax = Math.min(block.transactionBytesMax, block.bytesMax);
  return {
    transactionBytesMax,
    clients: half,
    members: half,
    eachMember: {
      countMax: Math.max(Math.floor(half.countMax / others), 1),
      // Never less than one transaction, or a large federation could not pass on a large one.
      bytesMax: Math.max(Math.floor(half.bytesMax / others), transactionBytesMax),
    },
  };
}
