import type { Height } from '#libs/chain/ids.ts';
import type { StateSection } from '#libs/chain/state-sections.ts';
import { ballotsSection } from '#libs/membership/ballots.ts';
import { countedFrom } from '#libs/membership/counted-votes.ts';
import type { Membership } from '#libs/membership/membership.ts';

/** Changes of the votes that are remembered: enough for some epochs of the largest federation. */
const REMEMBERED_MAX = 4_096;

interface Mark {
  readonly height: bigint;
  readonly membership: Membership;
}

/**
 * The votes for changes of the members after each final block, as far as the blocks are known: the newest
 * changes, oldest first.
 */
export class BallotHistory {
  #marks: Mark[] = [];

  /** The membership after this block; heights ascend. */
  add(height: bigint, membership: Membership): void {
    if (this.#marks.at(-1)?.membership === membership) return;
    this.#marks.push({ height, membership });
    if (this.#marks.length > REMEMBERED_MAX) this.#marks.shift();
  }

  /** Starts the history here: the votes in the blocks below are missing, or were not read. */
  restart(height: bigint, membership: Membership): void {
    this.#marks = [{ height, membership }];
  }

  /** The sections of the state after the block of this height; undefined when they are not known. */
  sectionsAt(height: Height): readonly StateSection[] | undefined {
    const mark = this.#marks.findLast((each) => each.height <= height);
    return mark && ballotsSection(countedFrom(mark.membership, height + 1n));
  }
}
