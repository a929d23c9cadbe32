import { FAILED_VIEWS_MAX, RECENT_MS } from './diagnosis-limits.ts';

/** The views of one leader that failed lately. */
export interface FailedLeader {
  readonly leader: string;
  readonly failed: number;
  /** How many of them failed without a proposal that was seen here. */
  readonly unproposed: number;
}

interface Failure {
  readonly leader: string;
  readonly isProposed: boolean;
  readonly atMs: number;
}

/** The views of the last minutes that failed, by their leaders. */
export class FailedViews {
  readonly #nowMs: () => number;
  #failures: readonly Failure[] = [];

  /** @param nowMs - Milliseconds of a clock that never goes back. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  failed(leader: string, isProposed: boolean): void {
    this.#failures = [...this.#recent(), { leader, isProposed, atMs: this.#nowMs() }].slice(
      -FAILED_VIEWS_MAX,
    );
  }

  /** The leader of most of them first. */
  byLeader(): readonly FailedLeader[] {
    const groups = [...Map.groupBy(this.#recent(), ({ leader }) => leader)];
    const counted = groups.map(([leader, failures]) => ({
      leader,
      failed: failures.length,
      unproposed: failures.filter(({ isProposed }) => !isProposed).length,
    }));
    return counted.sort((a, b) => b.failed - a.failed);
  }

  #recent(): readonly Failure[] {
    const since = this.#nowMs() - RECENT_MS;
    return this.#failures.filter(({ atMs }) => atMs >= since);
  }
}
