import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { ClockPort, PeerPort } from '../ports/engine-ports.ts';
import { LapsingSet } from '../timing/lapsing-set.ts';
import { SecondBudget } from '../timing/second-budget.ts';
import { TellerRests } from '../timing/teller-rests.ts';
import type { Mempool } from './mempool.ts';
import {
  NOT_TAKEN_MAX,
  NOT_TAKEN_MS,
  PULL_ANSWER_MS,
  PULLED_FROM_MAX,
  PULLED_PER_MEMBER_MAX,
  TOLD_FINAL_MAX,
  TOLD_PER_SECOND_MAX,
} from './waiting-limits.ts';
import { type PullRequest, type Wanted, WantedTransactions } from './wanted-transactions.ts';

export interface TransactionPullOptions {
  readonly mempool: Pick<Mempool, 'has' | 'isFinal'>;
  readonly peers: Pick<PeerPort, 'send'>;
  readonly clock: ClockPort;
}

/**
 * Pulls the transactions that others say wait with them (waiting-teller.ts). Nothing is believed: a teller that does not
 * deliver costs one request, the next one is asked, and for a while its words count for nothing. Each teller has a part
 * of its own, so a liar makes nobody wait but itself.
 */
export class TransactionPull {
  readonly #options: TransactionPullOptions;
  readonly #budget: SecondBudget;
  readonly #rests: TellerRests;
  /** Members with the hashes that they delivered in vain. */
  readonly #notTaken: LapsingSet<string>;
  readonly #wanted = new WantedTransactions();
  readonly #requests = new Set<PullRequest>();

  constructor(options: TransactionPullOptions) {
    this.#options = options;
    this.#budget = new SecondBudget(options.clock, TOLD_PER_SECOND_MAX);
    this.#rests = new TellerRests(options.clock);
    this.#notTaken = new LapsingSet(options.clock, NOT_TAKEN_MAX);
  }

  stop(): void {
    for (const { cancel } of this.#requests) cancel();
    this.#requests.clear();
    this.#wanted.clear();
    this.#rests.stop();
    this.#notTaken.clear();
  }

  /** A member says that these wait with it. @returns false when it says so too often. */
  told(hashes: readonly Digest[], from: MemberIndex): boolean {
    if (!this.#budget.take(from)) return false;
    if (this.#rests.rests(from)) return true;
    let finals = 0;
    const asked: Digest[] = [];
    for (const hash of hashes.filter((each) => this.#mayAsk(each, from))) {
      if (this.#wanted.countOf(from) >= PULLED_PER_MEMBER_MAX || finals >= TOLD_FINAL_MAX) break;
      if (this.#wanted.get(hash) === undefined && this.#options.mempool.isFinal(hash)) finals += 1;
      else if (this.#want(hash, from)) asked.push(hash);
    }
    this.#ask(from, asked);
    return true;
  }

  /** Transactions of a member were taken in, or refused. */
  arrived(transactions: readonly Transaction[], from: MemberIndex): void {
    if (this.#wanted.size === 0) return;
    for (const transaction of transactions) {
      const { hash } = transaction;
      const wanted = this.#wanted.get(hash);
      if (wanted !== undefined)
        this.#settle(hash, wanted, { from, isVote: isFor('membership', transaction) });
    }
  }

  /** Whether a transaction may be asked for: it is unknown here, and did not come in vain before. */
  #mayAsk(hash: Digest, from: MemberIndex): boolean {
    return !this.#options.mempool.has(hash) && !this.#notTaken.has(`${from} ${hash}`);
  }

  /** @returns whether this teller is to be asked at once. */
  #want(hash: Digest, from: MemberIndex): boolean {
    const wanted = this.#wanted.add(hash, from);
    if (wanted === undefined) return false;
    if (wanted.asked.size < PULLED_FROM_MAX) return true;
    wanted.next.push(from);
    return false;
  }

  #settle(hash: Digest, wanted: Wanted, by: { readonly from: MemberIndex; readonly isVote: boolean }): void {
    const { from, isVote } = by;
    for (const request of wanted.asked) if (request.peer === from) request.isAnswered = true;
    this.#rests.delivered(from);
    const isTaken = this.#isKnown(hash);
    if (!isTaken) this.#notTaken.add(`${from} ${hash}`, NOT_TAKEN_MS);
    // A vote is judged later, with the same result for every sender, so the others are not asked for it meanwhile.
    if (isTaken || isVote) this.#wanted.drop(hash);
    else this.#askNext(hash, wanted, from);
  }

  #ask(peer: MemberIndex, hashes: readonly Digest[]): void {
    if (hashes.length === 0) return;
    const { peers, clock } = this.#options;
    const request: PullRequest = { peer, hashes, isAnswered: false, cancel: () => {} };
    request.cancel = clock.after(PULL_ANSWER_MS, () => this.#over(request));
    this.#requests.add(request);
    for (const hash of hashes) this.#wanted.get(hash)?.asked.add(request);
    peers.send(peer, { kind: 'transactions-request', hashes });
  }

  /** Called when the time for an answer is over: the next teller is asked for the missing transactions. */
  #over(request: PullRequest): void {
    const { peer, hashes, isAnswered } = request;
    this.#requests.delete(request);
    const missing = hashes.filter((hash) => this.#isMissing(hash, request));
    if (missing.length === 0) return;
    // A member that gave a part may have had no room for the rest in one answer.
    if (isAnswered) return this.#ask(peer, missing);
    this.#rests.failed(peer);
    for (const hash of missing) {
      const wanted = this.#wanted.get(hash);
      if (wanted !== undefined) this.#askNext(hash, wanted, peer);
    }
  }

  /** Whether a transaction of a request is still missing, and was not delivered by another member. */
  #isMissing(hash: Digest, request: PullRequest): boolean {
    if (this.#wanted.get(hash)?.asked.delete(request) !== true) return false;
    if (!this.#isKnown(hash)) return true;
    this.#wanted.drop(hash);
    return false;
  }

  /** This teller does not help: the next one is asked, or nobody is left. */
  #askNext(hash: Digest, wanted: Wanted, teller: MemberIndex): void {
    this.#wanted.giveUp(wanted, teller);
    const next = wanted.next.shift();
    if (next !== undefined) this.#ask(next, [hash]);
    else if (wanted.asked.size === 0) this.#wanted.drop(hash);
  }

  #isKnown(hash: Digest): boolean {
    return this.#options.mempool.has(hash) || this.#options.mempool.isFinal(hash);
  }
}
