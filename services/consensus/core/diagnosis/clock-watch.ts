import { CLOCK_APART_MS } from './diagnosis-limits.ts';

/** How far the clock of a member seems to be ahead of this member's; behind, where it is negative. */
export interface ClockDifference {
  readonly member: string;
  readonly aheadMs: number;
}

/** A block as it became final here. */
export interface TimedBlock {
  readonly proposer: string;
  /** The time in its header, by the clock of the proposer. */
  readonly timestampMs: number;
  /** By the clock of this member. */
  readonly nowMs: number;
  /** How long a view may take: a block may be that old when it becomes final. */
  readonly viewTimeoutMs: number;
}

interface Seen {
  readonly aheadMs: number;
  /** Blocks in a row that showed it. One alone may have been fetched late. */
  readonly times: number;
}

/** A block from the future shows a wrong clock at once, an old one may have come late: then two in a row show it. */
const TIMES_BEHIND_MIN = 2;

/**
 * Compares the clocks of the members with this member's own, by the times in the blocks that they proposed. Those times decide nothing, but
 * certificates and logs are read by the clock.
 */
export class ClockWatch {
  readonly #seen = new Map<string, Seen>();

  /** Takes a block that this member saw decided: not one that it fetched. */
  decided({ proposer, timestampMs, nowMs, viewTimeoutMs }: TimedBlock): void {
    const aheadMs = timestampMs - nowMs;
    const isApart = aheadMs > CLOCK_APART_MS || -aheadMs > CLOCK_APART_MS + viewTimeoutMs;
    const before = this.#seen.get(proposer);
    if (!isApart) this.#seen.delete(proposer);
    else this.#seen.set(proposer, { aheadMs, times: (before?.times ?? 0) + 1 });
  }

  /** Only members of the epoch at hand: others propose nothing that would take a difference back. */
  apart(members: readonly string[]): readonly ClockDifference[] {
    return members.flatMap((member) => {
      const seen = this.#seen.get(member);
      const isShown = seen !== undefined && (seen.aheadMs > 0 || seen.times >= TIMES_BEHIND_MIN);
      return isShown ? [{ member, aheadMs: seen.aheadMs }] : [];
    });
  }
}
