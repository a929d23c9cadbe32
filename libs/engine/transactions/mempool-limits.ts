import type { BlockLimits } from '#libs/chain/block-rules.ts';

/** The parts of transactions that are held, whether they wait for a block or are judged. */
export interface ShareLimits {
  /** The part that the clients of this member may hold. */
  readonly clients: SourceShare;
  /** The part that all other members may hold. */
  readonly members: SourceShare;
  /** The part of that which any one other member may hold. */
  readonly eachMember: SourceShare;
}

/**
 * Bounds of the transactions that wait for a block. The pool holds at most the parts of clients and of members
 * together.
 */
export interface MempoolLimits extends ShareLimits {
  readonly transactionBytesMax: number;
}

export interface SourceShare {
  readonly countMax: number;
  readonly bytesMax: number;
}

/** Blocks that the pool can fill: a backlog of some seconds, and more than that is better refused at the door. */
const BLOCKS_WAITING = 16;

/** The most transactions in the pool, even where a block may hold more: each costs an entry of some hundred bytes. */
const COUNT_MAX = 100_000;

/**
 * Transactions of clients that the application may judge at one time, and as many of other members: some tenths of a second of
 * its work, so that nobody waits long behind others.
 */
export const CHECKS_MAX = 500;

/** The least of them that each other member may have: members pass on together all that came in one turn of their loop. */
const CHECKS_OF_MEMBER_MIN = 16;

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

/** Bounds of what the application judges at one time: fewer transactions than the pool holds, and no more bytes. */
export function checkLimits({ clients, members, eachMember }: ShareLimits, count: number): ShareLimits {
  const others = Math.max(count - 1, 1);
  const ofEach = Math.max(Math.floor(CHECKS_MAX / others), CHECKS_OF_MEMBER_MIN);
  return {
    clients: atMost(CHECKS_MAX, clients),
    members: atMost(ofEach * others, members),
    eachMember: atMost(ofEach, eachMember),
  };
}

function atMost(countMax: number, share: SourceShare): SourceShare {
  return { countMax: Math.min(share.countMax, countMax), bytesMax: share.bytesMax };
}
