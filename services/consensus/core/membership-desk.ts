import type { Block } from '#libs/chain/block.ts';
import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import { transactionHash } from '#libs/chain/transaction.ts';
import { decodeMembershipVote, isMembershipVote, type MembershipVote } from '#libs/membership/vote.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { ClockPort } from './engine-ports.ts';
import type { MembershipBook } from './membership-book.ts';
import type { TransactionSource } from './mempool.ts';
import { SecondBudget } from './second-budget.ts';

/** Votes of one sender that are verified each second: honest ones are a few in a year. */
const VOTES_PER_SECOND_MAX = 16;

/** Verifies the signatures of votes of this epoch; `from` is who brought them, and pays for them. */
export interface VoteVerifier {
  verifyVotes(
    votes: readonly MembershipVote[],
    done: (ok: boolean, cause?: RefusalCause) => void,
    from?: MemberIndex,
  ): void;
}

/** The mempool, as far as votes go into blocks through it. */
export interface VotePool {
  /** False when there is no room for it. */
  add(transaction: Uint8Array, source: TransactionSource): boolean;
  has(hash: Digest): boolean;
  remove(hashes: readonly Digest[]): void;
}

export interface MembershipDeskOptions {
  readonly book: MembershipBook;
  readonly verifier: VoteVerifier;
  readonly pool: VotePool;
  readonly clock: ClockPort;
  readonly refused: (from: MemberIndex, cause: RefusalCause, detail: string) => void;
}

/** Takes votes for changes of the membership in: judged, verified, and only then kept for a block (FED-08). */
export class MembershipDesk {
  readonly #options: MembershipDeskOptions;
  readonly #budget: SecondBudget;
  /** Votes that wait for a block, by hash: at most a few of each member, as `voteFault` allows. */
  readonly #waiting = new Map<Digest, MembershipVote>();

  constructor(options: MembershipDeskOptions) {
    this.#options = options;
    this.#budget = new SecondBudget(options.clock, VOTES_PER_SECOND_MAX);
  }

  /** A vote that a client brings. @returns what is wrong with it, or undefined; its signature is verified later. */
  submit(transaction: Uint8Array): string | undefined {
    const vote = decodeMembershipVote(transaction);
    const fault = vote === undefined ? 'a vote that cannot be read' : this.#fault(vote);
    if (vote !== undefined && fault === undefined) this.#verify(vote, transaction, 'client');
    return fault;
  }

  /** A vote that another member passes on. */
  receive(transaction: Uint8Array, from: MemberIndex): void {
    if (this.#options.pool.has(transactionHash(transaction))) return;
    const vote = decodeMembershipVote(transaction);
    if (vote === undefined) return this.#options.refused(from, 'invalid', 'a vote that cannot be read');
    // Not its fault: another vote or the end of the epoch may have been faster.
    const fault = this.#fault(vote);
    if (fault !== undefined) return this.#options.refused(from, 'stale', fault);
    if (!this.#budget.take(from)) return this.#options.refused(from, 'overloaded', 'votes');
    this.#verify(vote, transaction, from);
  }

  /** Whether all votes in a block are signed by who they name; at once when there is none. */
  vouch({ transactions }: Block, done: (ok: boolean) => void): void {
    const all = transactions.filter(isMembershipVote);
    if (all.length === 0) return done(true);
    const votes = all.flatMap((transaction) => decodeMembershipVote(transaction) ?? []);
    if (votes.length < all.length) return done(false);
    this.#options.verifier.verifyVotes(votes, (ok) => done(ok));
  }

  /** Blocks are final: what can stand in no block any more is forgotten. */
  finalised(): void {
    const { pool } = this.#options;
    for (const [hash, vote] of this.#waiting) {
      if (this.#fault(vote) === undefined && pool.has(hash)) continue;
      this.#waiting.delete(hash);
      pool.remove([hash]);
    }
  }

  #verify(vote: MembershipVote, transaction: Uint8Array, source: TransactionSource): void {
    const { verifier, pool, refused } = this.#options;
    const copy = new Uint8Array(transaction);
    const from = source === 'client' ? undefined : source;
    const verified = (ok: boolean, cause: RefusalCause = 'bad-signature'): void => {
      if (!ok && from !== undefined) refused(from, cause, 'a vote whose signature does not hold');
      // Meanwhile it may have become final, or pointless.
      if (!ok || this.#fault(vote) !== undefined) return;
      if (pool.add(copy, source)) this.#waiting.set(transactionHash(copy), vote);
    };
    verifier.verifyVotes([vote], verified, from);
  }

  #fault(vote: MembershipVote): string | undefined {
    return this.#options.book.voteFault(vote);
  }
}
