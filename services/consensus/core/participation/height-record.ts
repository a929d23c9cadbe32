import type { Digest, Height, View } from '#libs/chain/ids.ts';
import type { DecidedHeight } from '../decided-height.ts';

/** A statement about a block, as a member's own connection brought it. Times are of a clock that never goes back. */
export interface HeardStatement {
  readonly view: View;
  readonly digest: Digest;
  readonly atMs: number;
}

/** A signature of this member's own, from the question to its answer. */
export interface OwnStep {
  readonly kind: string;
  readonly view: View;
  readonly askedMs: number;
  /** Undefined while the signer has not answered. */
  readonly answeredMs: number | undefined;
  /** Why the signer refused; undefined when it did not. */
  readonly refusal: string | undefined;
}

/** All that is known of one height. */
export interface HeightRecord {
  readonly height: Height;
  /** The newest vote of the deciding kind of each member, by its index. */
  readonly deciding: readonly (HeardStatement | undefined)[];
  /** The newest vote of any kind before it. */
  readonly earlier: readonly (HeardStatement | undefined)[];
  /** The newest proposal of each member: that of the leader is the one that counts. */
  readonly proposals: readonly (HeardStatement | undefined)[];
  /** The own signatures by kind, each of the newest view. */
  readonly own: ReadonlyMap<string, OwnStep>;
  /** Undefined until the height is final here. */
  readonly decided: DecidedHeight | undefined;
}
