import type { View } from '#libs/chain/ids.ts';
import type { HeightLeaders } from './height-leaders.ts';
import type { SigningScope, VoteStatement } from './statement.ts';

/** The proof that must be shown beside the statement before it is signed. */
export type GroundsRule =
  /** No condition beyond the other columns. */
  | 'none'
  /** The block's header, and a certificate of its parent that is older than the view. */
  | 'extension'
  /** The conditions of `extension`, and the leader's signature, and the lock: safeNode. */
  | 'proposal'
  /** The leader's signature; and in a view after the first, that a quorum's reports leave no other choice. */
  | 'choice';

/** The row of a protocol's table for one kind of statement (libs/custody/README.md 3.3, 3.4). */
export interface KindRow {
  /**
   * The ordinal of its slot: 0, 1, 2 and so on in the order of a view, in which a key signs upwards. Kinds that exclude each
   * other, such as a yes and a no, have one ordinal, and a key signs one of them.
   */
  readonly step: number;
  readonly grounds: GroundsRule;
  /** Only the leader of the view signs it. */
  readonly leaderOnly?: true;
  /**
   * Whether a key that the member's own key has certified for a while may sign it too. Absent: the member's own key and
   * no other, as for all kinds of today (table-fault.ts refuses the rest until somebody can tell whose such a key is).
   */
  readonly byCertifiedKey?: true;
  /** A block that its parent alone determines (`NO_PROPOSER`) is voted for without a leader's signature, by its header. */
  readonly derived?: true;
  /** Kind whose certificate must be proved, for the same instance, view and block. */
  readonly needs?: string;
  /** The part of the needed certificate that the key remembers. */
  readonly remembers?: 'high' | 'lock';
  /** Gives up its view in its instance, and hides no certificate that the key acted on there. */
  readonly leaves?: true;
}

/** A consensus protocol, as far as a key must know it. */
export interface VoteTable {
  readonly protocol: string;
  readonly kinds: Readonly<Record<string, KindRow>>;
  /**
   * How instances follow each other, from the height after the block that the epoch starts from. `one`: there is only
   * instance 0. `ascending`: one is open, until the certificate that decides it is verified; no other is begun before.
   */
  readonly instances: 'one' | 'ascending';
  /** Views that a request may lie above the highest that is proved in its instance. */
  readonly viewJumpMax: bigint;
  /** View that an instance begins with, and whose proposal needs no justification. */
  readonly firstView: View;
  /** The leaders where they depend on the height. Absent: members lead one view after the other (round-robin.ts). */
  readonly leaders?: HeightLeaders;
  /** The kind whose signature by the leader makes a proposal. */
  readonly proposal: string;
  /** The kind whose certificates justify a proposal and are reported when a view is given up. */
  readonly prepared: string;
  /** The kind whose certificate decides an instance. */
  readonly decides: string;
  /** The exact bytes to sign. */
  bytes(scope: SigningScope, statement: VoteStatement): Uint8Array;
}

/** Protocols by their names, as far as a key must know them. */
export type VoteTables = ReadonlyMap<string, VoteTable>;

/** The row of a kind; undefined of one that the protocol lacks, also of a name that every object of JavaScript has. */
export function kindRowOf({ kinds }: Pick<VoteTable, 'kinds'>, kind: string): KindRow | undefined {
  return Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
}
