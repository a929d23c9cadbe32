/**
 * Evidence older than this many views is refused, or heights where each has views of its own (BYZ-28): a contradiction is
 * found out within a few.
 */
export const EVIDENCE_BACK_MAX = 1_000n;

/** Evidence of views or heights further ahead is refused: nobody honest is there, and a liar could name any. */
export const EVIDENCE_AHEAD_MAX = 1_000n;

/** Statements of one member that are verified each second only because they contradict another of its own. */
export const SUSPICIONS_PER_SECOND_MAX = 4;

/** Evidence of one sender that is verified each second; known evidence costs nothing. */
export const EVIDENCE_PER_SECOND_MAX = 4;

/** Evidence that waits in the mempool of this member at a time: more follows as this becomes final. */
export const EVIDENCE_WAITING_MAX = 16;

/** Interval at which evidence is sent again while no block holds it, in milliseconds: longer than a few views. */
export const EVIDENCE_REPEAT_MS = 10_000;

/** Proposals of one leader in one view that come within half a view timeout: itself, a repetition, and two for connections that came back. */
export const PROPOSALS_PER_VIEW_MAX = 3;
