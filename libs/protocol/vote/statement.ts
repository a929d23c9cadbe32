import type { Digest, Epoch, Height, View } from '#libs/chain/ids.ts';

/** A block by its place in the chain and its hash. */
export interface BlockRef {
  readonly height: Height;
  readonly digest: Digest;
}

/** A certificate that a member reports when it gives up a view. */
export interface Report {
  readonly instance: bigint;
  readonly view: View;
  readonly digest: Digest;
}

/**
 * A statement that a member's consensus key signs, in any protocol: a leader's proposal, a vote, or that a view is given
 * up. The protocol's table (vote-table.ts) says what its kind means and which bytes are signed for it.
 */
export interface VoteStatement {
  /** A kind of the protocol's table. */
  readonly kind: string;
  /** The unit that is decided on its own: a height, or 0 in a protocol whose views run across heights. */
  readonly instance: bigint;
  /** The view it is signed in; for one that gives a view up, that view. */
  readonly view: View;
  /** The block it is about; undefined for a statement about no block. */
  readonly block: BlockRef | undefined;
  /** The certificates that a statement reports when it gives up a view; empty for all others. */
  readonly reports: readonly Report[];
}

/** The scope of a signature: one chain, one protocol and one validator set. */
export interface SigningScope {
  /** SHA-256 of the genesis, which names the members and their keys. */
  readonly chain: Digest;
  readonly protocol: string;
  readonly epoch: Epoch;
}
