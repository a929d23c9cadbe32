import type { Block } from '#libs/chain/block.ts';
import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import { VOTES_PER_MEMBER_MAX } from '#libs/membership/limits.ts';
import { decodeMembershipVote, type MembershipVote } from '#libs/membership/vote.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { ClockPort } from '../ports/engine-ports.ts';
import type { MempoolClient, TransactionSource } from '../ports/pooled-transaction.ts';
import { type MempoolAnswer, TOO_MANY_VOTES, type VoteAnswer, voteRefused } from '../ports/submission.ts';
import { type Vouching, vouchingOf } from '../ports/vouching.ts';
import { SecondBudget } from '../timing/second-budget.ts';
import { ClientVotes } from './client-votes.ts';
import { KeyProver } from './key-prover.ts';
import type { MembershipBook } from './membership-book.ts';

/** Votes of one sender that are verified each second: honest ones are a few in a year. */
const VOTES_PER_SECOND_MAX = 16;

/** Verifies the signatures of votes of this epoch; `from` is who brought them, and pays for them. */
export interface VoteVerifier {
  verifyVotes(
    votes: readonly MembershipVote[],
    done: (ok: boolean, cause?: RefusalCause) => void,
    from?: TransactionSource,
  ): void;
}

/** The mempool, as far as votes go into blocks through it. */
export interface VotePool {
  add(transaction: Transaction, source: TransactionSource): MempoolAnswer;
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

/** Key of a vote. A member has one vote for a change, although its bytes vary: each signature may be another. */
type VoteKey = `${MemberIndex} ${Digest}`;

/** Takes votes for changes of the membership in: judged, verified, and only then kept for a block (FED-08). */
export class MembershipDesk {
  readonly #options: MembershipDeskOptions;
  readonly #budget: SecondBudget;
  readonly #prover: KeyProver;
  readonly #ofClients = new ClientVotes();
  /** Votes that wait for a block: each has a valid signature and is in the pool, and a member has a few. */
  readonly #waiting = new Map<VoteKey, { readonly vote: MembershipVote; readonly hash: Digest }>();

  constructor(options: MembershipDeskOptions) {
    this.#options = options;
    this.#budget = new SecondBudget(options.clock, VOTES_PER_SECOND_MAX);
    this.#prover = new KeyProver(options);
  }

  /** A vote that a client brings. @param answer - Called once, when its signature is verified or need not be. */
  submit(transaction: Transaction, answer: (result: VoteAnswer) => void, client?: MempoolClient): void {
    if (this.#ofClients.isFullFor(client)) return answer(TOO_MANY_VOTES);
    const vote = decodeMembershipVote(transaction.bytes);
    const reason = vote === undefined ? 'it cannot be read' : this.#refusal(vote, 'client');
    if (vote === undefined || reason !== undefined) return answer(voteRefused(`${reason}`));
    const copy = transaction.copy();
    const isIn = this.#ofClients.enter({
      name: keyOf(vote),
      client,
      verify: (done) => {
        const verified = (ok: boolean, cause?: RefusalCause): void => {
          done();
          answer(ok ? this.#prove(vote, copy) : unverified(cause));
        };
        this.#options.verifier.verifyVotes([vote], verified, 'client');
      },
      giveWay: () => answer(TOO_MANY_VOTES),
    });
    if (!isIn) answer(TOO_MANY_VOTES);
  }

  /** A vote that another member passes on. */
  receive(transaction: Transaction, from: MemberIndex): void {
    const { pool, refused, verifier } = this.#options;
    if (pool.has(transaction.hash)) return;
    const vote = decodeMembershipVote(transaction.bytes);
    if (vote === undefined) return refused(from, 'invalid', 'a vote that cannot be read');
    // That is not the sender's fault: another vote or the end of the epoch may have been faster, and its version may have other rules.
    const reason = this.#refusal(vote, from);
    if (reason !== undefined) return refused(from, 'stale', reason);
    if (!this.#budget.take(from)) return refused(from, 'overloaded', 'votes');
    const copy = transaction.copy();
    const verified = (ok: boolean, cause: RefusalCause = 'bad-signature'): void => {
      if (!ok) return refused(from, cause, 'a vote whose signature does not hold');
      const unproven = this.#prover.refusal(vote, from);
      if (unproven !== undefined) return refused(from, unproven.cause, unproven.reason);
      this.#keep(vote, copy, from);
    };
    verifier.verifyVotes([vote], verified, from);
  }

  /** Whether all votes in a block are signed by the members that they name; at once when there is none. */
  vouch({ transactions }: Block, done: (vouching: Vouching) => void): void {
    const all = transactions.filter((each) => isFor('membership', each));
    if (all.length === 0) return done('true');
    const votes = all.flatMap(({ bytes }) => decodeMembershipVote(bytes) ?? []);
    if (votes.length < all.length) return done('false');
    this.#options.verifier.verifyVotes(votes, (...judged) => done(vouchingOf(...judged)));
  }

  /** Handles final blocks: forgets votes that can stand in no block any more. */
  finalised(): void {
    const { book, pool } = this.#options;
    for (const [key, { vote, hash }] of this.#waiting) {
      if (book.voteFault(vote, 'member') === undefined && pool.has(hash)) continue;
      this.#waiting.delete(key);
      pool.remove([hash]);
    }
  }

  /** A client's vote whose signature holds. */
  #prove(vote: MembershipVote, transaction: Transaction): VoteAnswer {
    const unproven = this.#prover.refusal(vote);
    if (unproven === undefined) return this.#keep(vote, transaction, 'client');
    return unproven.cause === 'overloaded' ? TOO_MANY_VOTES : voteRefused(unproven.reason);
  }

  /** A vote whose signature and proofs hold. Meanwhile it may have become final, or pointless. */
  #keep(vote: MembershipVote, transaction: Transaction, source: TransactionSource): VoteAnswer {
    const reason = this.#refusal(vote, source);
    if (reason !== undefined) return voteRefused(reason);
    const result = this.#options.pool.add(transaction, source);
    if (result.code === 'added') this.#waiting.set(keyOf(vote), { vote, hash: transaction.hash });
    return result;
  }

  /** Why a vote is not wanted, before its signature is looked at. */
  #refusal(vote: MembershipVote, source: TransactionSource): string | undefined {
    const { book, pool } = this.#options;
    const known = this.#waiting.get(keyOf(vote));
    const waits = known !== undefined && pool.has(known.hash);
    const fault = book.voteFault(vote, source === 'client' ? 'client' : 'member');
    return fault ?? (waits ? 'one of this member for this change waits already' : this.#crowd(vote));
  }

  /**
   * Bounds the votes of one member, which can sign as many true votes as it likes: votes that no block may hold
   * yet must not fill the pool of the others.
   */
  #crowd({ member }: MembershipVote): string | undefined {
    let waiting = 0;
    for (const { vote, hash } of this.#waiting.values()) {
      if (vote.member === member && this.#options.pool.has(hash)) waiting += 1;
    }
    if (waiting < VOTES_PER_MEMBER_MAX) return undefined;
    return `${VOTES_PER_MEMBER_MAX} votes of this member wait already: they go into a block first`;
  }
}

function keyOf({ member, digest }: MembershipVote): VoteKey {
  return `${member} ${digest}`;
}

function unverified(cause: RefusalCause | undefined): VoteAnswer {
  return cause === 'overloaded' ? TOO_MANY_VOTES : voteRefused('its signature does not hold');
}
