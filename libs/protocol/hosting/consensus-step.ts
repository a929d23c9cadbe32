import type { Digest, Height, MemberIndex, View } from '#libs/chain/ids.ts';

/** One step of a member's consensus, with its known facts, for operators. */
export interface ConsensusStep {
  /** A name of the event registry (test/requirements/texts.md 5.4), or one that follows its pattern. */
  readonly name: string;
  readonly view: View;
  readonly height?: Height;
  readonly digest?: Digest;
  readonly parent?: Digest;
  readonly leader?: MemberIndex;
  /** Voter, sender, receiver or offender. */
  readonly member?: MemberIndex;
  readonly phase?: string;
  readonly voteCount?: number;
  /** Weight that decides. */
  readonly required?: bigint;
  readonly timeoutMs?: number;
  readonly isTimeoutCapped?: boolean;
  readonly reason?: string;
  readonly oldView?: View;
  readonly lockedView?: View;
  readonly justifyView?: View;
}
