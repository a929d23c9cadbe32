/** The stage of a member or of a name that may become one: `catching-up` is a member that lacks blocks, `candidate` one that members voted to join. */
export type MemberStage = 'member' | 'candidate' | 'catching-up' | 'suspended' | 'unreachable';

/** The progress of a member or candidate, as this node knows it. */
export interface MemberProgress {
  readonly name: string;
  readonly stage: MemberStage;
  /** Always true of this node itself. */
  readonly isConnected: boolean;
  /** The height that was heard of last; undefined where none was. */
  readonly height: bigint | undefined;
  /** Blocks behind this node, or behind a proved decision, at the moment when it was heard. */
  readonly behind: bigint | undefined;
  /** Whether it asked for the block above that height: it has no more than that in a row. */
  readonly isFetching: boolean;
  /** Milliseconds since then. */
  readonly agoMs: number | undefined;
}

/** The heights of this node itself. */
export interface OwnHeights {
  readonly height: bigint;
  /** The highest one that a peer has proved. */
  readonly target: bigint;
}
