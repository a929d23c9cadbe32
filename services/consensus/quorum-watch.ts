import type { Logger } from '#libs/log/logger.ts';
import { isQuorumReached, type QuorumReach, reachText } from '#libs/membership/quorum-reach.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { QUORUM_GRACE_MS, QUORUM_LOOK_MS, RECURRING_MS } from './core/core-limits.ts';

/** Hears of the quorum what the log says. */
export interface QuorumListener {
  quorumLost(reach: QuorumReach): void;
  quorumReached(reach: QuorumReach): void;
}

export interface QuorumWatchOptions {
  readonly reach: () => QuorumReach;
  /** Called at each look, after the log. */
  readonly looked: () => void;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs: () => number;
  readonly log: Logger;
  /** Undefined while no events are published. */
  readonly listener: QuorumListener | undefined;
}

/**
 * Tells that too few members are reachable to decide, who is away, and when enough are back. A loss that is
 * over at once, as after a start or while a peer connects anew, is not worth a line.
 */
export class QuorumWatch implements Lifecycle {
  readonly #options: QuorumWatchOptions;
  #timer: NodeJS.Timeout | undefined;
  #lostSinceMs: number | undefined;
  /** When the loss was said last; undefined: it was not. */
  #saidMs: number | undefined;

  constructor(options: QuorumWatchOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#timer = setInterval(() => this.look(), QUORUM_LOOK_MS).unref();
    this.look();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
  }

  /** Compares with the look before. */
  look(): void {
    const reach = this.#options.reach();
    if (isQuorumReached(reach)) this.#found(reach);
    else this.#lost(reach);
    this.#options.looked();
  }

  #found(reach: QuorumReach): void {
    if (this.#saidMs !== undefined) {
      this.#options.log.info('a quorum is reachable again', fieldsOf(reach));
      this.#options.listener?.quorumReached(reach);
    }
    this.#lostSinceMs = undefined;
    this.#saidMs = undefined;
  }

  #lost(reach: QuorumReach): void {
    const { nowMs, log, listener } = this.#options;
    const now = nowMs();
    this.#lostSinceMs ??= now;
    const isDue =
      this.#saidMs === undefined
        ? now - this.#lostSinceMs >= QUORUM_GRACE_MS
        : now - this.#saidMs >= RECURRING_MS;
    if (!isDue) return;
    this.#saidMs = now;
    log.warn('no quorum is reachable: no block becomes final', fieldsOf(reach));
    listener?.quorumLost(reach);
  }
}

function fieldsOf(reach: QuorumReach) {
  const { members, reachable, reachableWeight, neededWeight } = reach;
  return {
    reach: reachText(reach),
    members,
    reachable,
    reachable_weight: reachableWeight,
    needed_weight: neededWeight,
  };
}
