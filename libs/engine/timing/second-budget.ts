import type { MemberIndex } from '#libs/chain/ids.ts';
import type { ClockPort } from '../ports/engine-ports.ts';

const SECOND_MS = 1_000;

/**
 * A budget for each member that is full again every second. Members are few and known, so the size of the map
 * is bounded by the set.
 */
export class SecondBudget {
  readonly #clock: ClockPort;
  readonly #max: number;
  readonly #used = new Map<MemberIndex, { readonly second: number; readonly count: number }>();

  constructor(clock: ClockPort, max: number) {
    this.#clock = clock;
    this.#max = max;
  }

  /** False when the member has none left in this second. */
  take(member: MemberIndex): boolean {
    const second = Math.floor(this.#clock.nowMs() / SECOND_MS);
    const used = this.#used.get(member);
    const count = used?.second === second ? used.count : 0;
    if (count >= this.#max) return false;
    this.#used.set(member, { second, count: count + 1 });
    return true;
  }
}
