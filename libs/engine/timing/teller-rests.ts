import type { MemberIndex } from '#libs/chain/ids.ts';
import type { ClockPort } from '../ports/engine-ports.ts';
import { LapsingSet } from './lapsing-set.ts';
import { PULL_PAUSE_MS, PULL_PAUSE_MS_MAX } from './timing-limits.ts';

/**
 * Members that said they have something, and did not give it: their next such words are ignored for a while, longer each time
 * in a row.
 */
export class TellerRests {
  readonly #resting: LapsingSet<MemberIndex>;
  /** Members are few and known, so it is bounded by the set. */
  readonly #failures = new Map<MemberIndex, number>();

  constructor(clock: ClockPort) {
    this.#resting = new LapsingSet(clock, Number.MAX_SAFE_INTEGER);
  }

  rests(member: MemberIndex): boolean {
    return this.#resting.has(member);
  }

  failed(member: MemberIndex): void {
    const before = this.#failures.get(member) ?? 0;
    this.#failures.set(member, before + 1);
    this.#resting.add(member, Math.min(PULL_PAUSE_MS * 2 ** before, PULL_PAUSE_MS_MAX));
  }

  delivered(member: MemberIndex): void {
    this.#failures.delete(member);
    this.#resting.delete(member);
  }

  stop(): void {
    this.#resting.clear();
  }
}
