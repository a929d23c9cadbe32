import type { MemberIndex } from '#libs/chain/ids.ts';
import { isFollowed } from '#libs/membership/adoption.ts';
import { possessionFault } from '#libs/membership/key-rules.ts';
import { VOTES_PER_MEMBER_MAX } from '#libs/membership/limits.ts';
import type { MembershipVote } from '#libs/membership/vote.ts';
import type { ClockPort } from '../ports/engine-ports.ts';
import { SecondBudget } from '../timing/second-budget.ts';
import type { MembershipBook } from './membership-book.ts';

/** Why the keys of a vote are not believed, and what that says of who brought it. */
interface Unproven {
  readonly cause: 'invalid' | 'stale' | 'overloaded';
  readonly reason: string;
}

/**
 * Judges the proofs of keys in votes whose signature holds: a change may have hundreds, at 0.1 ms each. They are spent for the
 * member that voted, and nobody else can spend them; an honest member has never more votes that wait than it may have in a second here.
 */
export class KeyProver {
  readonly #book: Pick<MembershipBook, 'current'>;
  readonly #budget: SecondBudget;

  constructor({
    book,
    clock,
  }: { readonly book: Pick<MembershipBook, 'current'>; readonly clock: ClockPort }) {
    this.#book = book;
    this.#budget = new SecondBudget(clock, VOTES_PER_MEMBER_MAX);
  }

  /**
   * Undefined where all proofs hold, or none is asked for. Keys that this version has no rule for are not its to judge.
   * @param from - The member that brings it; left out: a client.
   */
  refusal({ change, member }: MembershipVote, from?: MemberIndex): Unproven | undefined {
    const { current } = this.#book;
    const hasKeys = change.join.some(({ keys = [] }) => keys.length > 0);
    // The set may be another one since the signature was verified; such a vote is refused elsewhere.
    if (change.epoch !== current.epoch || !hasKeys || !isFollowed(current, change)) return undefined;
    if (!this.#budget.take(member)) return { cause: 'overloaded', reason: 'votes for new keys' };
    const reason = possessionFault(change.join, current.rules.verifyEd25519);
    if (reason === undefined) return undefined;
    // Its voter knew the key. Another need not lie: an older version has no rule for the key, and passes the vote on.
    return { cause: from === member ? 'invalid' : 'stale', reason };
  }
}
