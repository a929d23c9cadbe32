import { keysToProve, proofsFault } from '#libs/membership/counted-votes.ts';
import { VOTES_PER_MEMBER_MAX } from '#libs/membership/limits.ts';
import type { MembershipVote } from '#libs/membership/vote.ts';
import type { ClockPort } from '../ports/engine-ports.ts';
import { SecondBudget } from '../timing/second-budget.ts';
import type { MembershipBook } from './membership-book.ts';

/** Why the keys of a vote are not believed, and what that says of who brought it. */
interface Unproven {
  readonly cause: 'invalid' | 'overloaded';
  readonly reason: string;
}

/**
 * Judges the proofs of keys in votes whose signature holds: a change may have hundreds, at 0.1 ms each. They are spent for the
 * member that voted, and nobody else can spend them; one that is honest has never more votes that wait than it may have in a second here.
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

  /** Undefined where all proofs hold, or none is asked for. */
  refusal(vote: MembershipVote): Unproven | undefined {
    const { current } = this.#book;
    // The set may be another one since the signature was verified; such a vote is refused elsewhere.
    if (vote.change.epoch !== current.epoch || keysToProve(current, vote) === 0) return undefined;
    if (!this.#budget.take(vote.member)) return { cause: 'overloaded', reason: 'votes for new keys' };
    const reason = proofsFault(current, vote);
    return reason === undefined ? undefined : { cause: 'invalid', reason };
  }
}
