import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Position } from './vote/position.ts';

/**
 * How a member came to hold a view for failed. `timeout`: its own timer ended. `joined`: more than f members had given it or a later one
 * up, one of whom is honest. `certificate`: a quorum had given it up, and this member had not. `spent`: nobody votes for the only proposal that it can have.
 * `refused`: this member judged the proposed block invalid.
 */
export type FailureCause = 'timeout' | 'joined' | 'certificate' | 'spent' | 'refused';

/** A view that ends without a decision, as one member knows it. */
export interface ViewFailure {
  readonly position: Position;
  readonly leader: MemberIndex;
  readonly cause: FailureCause;
  /**
   * Whether a proposal of its leader was taken in here, or a quorum has shown that there is one. Undefined where this member cannot say: it came
   * into the view when that was over, never, or by a restart.
   */
  readonly isProposed: boolean | undefined;
}
