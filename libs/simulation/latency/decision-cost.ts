import type { MemberIndex } from '#libs/chain/ids.ts';

/** The cost of one decision. */
export interface DecisionCost {
  /** From the client's transaction to its block, final and durable, at each member. */
  readonly latenciesMs: readonly number[];
  /** The waits for silent leaders, one after the other. */
  readonly timeoutMs: number;
  /** Of the view that decided. */
  readonly leader: MemberIndex;
  /** Up the line of each member, and work of cores for each, until all were silent again. */
  readonly sentBytes: readonly number[];
  readonly cpuMs: readonly number[];
  readonly messages: number;
}

/** Messages that were larger than any that can be sent. */
export interface Unsaid {
  readonly unsaid: number;
  readonly largestUnsaidBytes: number;
}

/** A decision that never came, and the views that were tried. */
export interface NoDecision extends Unsaid {
  readonly views: number;
}

export const NOTHING_UNSAID: Unsaid = { unsaid: 0, largestUnsaidBytes: 0 };

/** One more, of this size. */
export function withUnsaid({ unsaid, largestUnsaidBytes }: Unsaid, bytes: number): Unsaid {
  return { unsaid: unsaid + 1, largestUnsaidBytes: Math.max(largestUnsaidBytes, bytes) };
}
