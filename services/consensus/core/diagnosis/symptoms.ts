import { type ClockDifference, ClockWatch, type TimedBlock } from './clock-watch.ts';
import { ConditionSince } from './condition-since.ts';
import { type FailedLeader, FailedViews } from './failed-views.ts';

/** The state of a member at a look. */
export interface SeenConditions {
  readonly isQuorumLost: boolean;
  readonly isBehind: boolean;
  readonly isWaiting: boolean;
  /** Its operator has it take no new transactions. */
  readonly isDraining: boolean;
  /** The event server is away. */
  readonly areEventsAway: boolean;
  readonly viewTimeoutMs: number;
}

/** How long each condition lasts, milliseconds; 0 while it does not hold. */
export interface ConditionTimes {
  readonly quorumLostMs: number;
  /** Behind, without a block that came. */
  readonly stillMs: number;
  /** Transactions wait, without a block that was decided. */
  readonly waitingMs: number;
  readonly drainedMs: number;
  readonly eventsAwayMs: number;
}

/** A block that became final alone, as those do that this member decides with the others. */
export type LoneBlock = Omit<TimedBlock, 'viewTimeoutMs'>;

/** The symptoms that only show over time: a member that is asked once could not tell it. Looked at each second. */
export class Symptoms {
  readonly #quorumLost: ConditionSince;
  readonly #still: ConditionSince;
  readonly #waiting: ConditionSince;
  readonly #drained: ConditionSince;
  readonly #eventsAway: ConditionSince;
  readonly #failedViews: FailedViews;
  readonly #clocks = new ClockWatch();
  #newest: LoneBlock | undefined;

  /** @param nowMs - Milliseconds of a clock that never goes back. */
  constructor(nowMs: () => number) {
    this.#quorumLost = new ConditionSince(nowMs);
    this.#still = new ConditionSince(nowMs);
    this.#waiting = new ConditionSince(nowMs);
    this.#drained = new ConditionSince(nowMs);
    this.#eventsAway = new ConditionSince(nowMs);
    this.#failedViews = new FailedViews(nowMs);
  }

  /** Blocks became final. @param alone - The block, where it came alone and was decided in its own view. */
  decided(alone: LoneBlock | undefined): void {
    this.#waiting.again();
    this.#still.again();
    this.#newest = alone;
  }

  viewFailed(leader: string, isProposed: boolean): void {
    this.#failedViews.failed(leader, isProposed);
  }

  look(seen: SeenConditions): ConditionTimes {
    // A member that is behind fetches blocks, and their times are of long ago.
    if (this.#newest !== undefined && !seen.isBehind)
      this.#clocks.decided({ ...this.#newest, viewTimeoutMs: seen.viewTimeoutMs });
    this.#newest = undefined;
    return {
      quorumLostMs: this.#quorumLost.look(seen.isQuorumLost),
      stillMs: this.#still.look(seen.isBehind),
      waitingMs: this.#waiting.look(seen.isWaiting),
      drainedMs: this.#drained.look(seen.isDraining),
      eventsAwayMs: this.#eventsAway.look(seen.areEventsAway),
    };
  }

  failedViews(): readonly FailedLeader[] {
    return this.#failedViews.byLeader();
  }

  clocks(members: readonly string[]): readonly ClockDifference[] {
    return this.#clocks.apart(members);
  }
}
