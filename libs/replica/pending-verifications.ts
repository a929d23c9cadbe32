import type { MemberIndex } from '#libs/chain/ids.ts';
import { PENDING_PER_MEMBER_MAX } from './limits.ts';

/** How many messages of each member wait for verification: bounded, so that a flood of one takes nothing from the others. */
export class PendingVerifications {
  readonly #counts = new Map<MemberIndex, number>();

  /** Counts one more; false when the member has as many as it may. */
  take(from: MemberIndex): boolean {
    const count = this.#counts.get(from) ?? 0;
    if (count >= PENDING_PER_MEMBER_MAX) return false;
    this.#counts.set(from, count + 1);
    return true;
  }

  done(from: MemberIndex): void {
    this.#counts.set(from, (this.#counts.get(from) ?? 1) - 1);
  }
}
