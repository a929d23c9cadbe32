import type { MemberIndex } from '#libs/chain/ids.ts';
import { isFor, mayBeSubmitted } from '#libs/chain/system-transactions.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { MembershipDesk, VotePool } from './membership/membership-desk.ts';
import type { ClockPort, EngineMonitor } from './ports/engine-ports.ts';
import type { EvidencePool } from './ports/evidence-ports.ts';
import type { Transactions } from './ports/peer-message.ts';
import type { Candidate, MempoolClient, TransactionSource } from './ports/pooled-transaction.ts';
import {
  ADDED,
  KNOWN,
  type MempoolAnswer,
  RESERVED,
  type Submission,
  type TransactionAnswer,
} from './ports/submission.ts';
import { Admissions } from './transactions/admissions.ts';
import type { ApplicationChecks } from './transactions/application-checks.ts';
import type { Gossip } from './transactions/gossip.ts';
import type { Mempool } from './transactions/mempool.ts';

export interface TransactionDeskOptions {
  readonly mempool: Mempool;
  readonly checks: ApplicationChecks;
  readonly clock: Pick<ClockPort, 'nowMs'>;
  readonly monitor: Pick<EngineMonitor, 'transactionWaits' | 'refused'>;
  readonly gossip: Pick<Gossip, 'spread'>;
  /** Takes votes for changes of the members. */
  readonly membership: () => Pick<MembershipDesk, 'receive' | 'submit'>;
  /** Something waits that did not, or the other way round. */
  readonly changed: () => void;
}

/** Takes transactions in, from clients and members, and recognises the kinds that members alone may make. */
export class TransactionDesk {
  readonly #options: TransactionDeskOptions;
  readonly #admissions: Admissions;

  constructor(options: TransactionDeskOptions) {
    const { mempool, checks, clock } = options;
    this.#options = options;
    this.#admissions = new Admissions({ mempool, checks, nowMs: () => clock.nowMs() });
  }

  /** Takes in nothing more, although the application may still judge some. */
  stop(): void {
    this.#admissions.stop();
  }

  /** Takes a client's transaction: it is kept, spread, and proposed sooner or later. */
  submit(transaction: Transaction, { traceId, client, answer = () => {} }: Submission = {}): void {
    if (!mayBeSubmitted(transaction)) return answer(RESERVED);
    if (isFor('membership', transaction)) return this.#submitVote(transaction, answer, client);
    this.#submitPlain({ transaction, source: 'client', client, traceId }, answer);
  }

  /** Takes transactions from another member, which got them from a client. */
  receive({ transactions, traceIds }: Transactions, from: MemberIndex): void {
    for (const [index, transaction] of transactions.entries()) {
      this.#take(transaction, from, traceIds?.[index]);
    }
  }

  /** The mempool, as far as evidence goes into blocks through it. */
  evidencePool(): EvidencePool {
    const { mempool, changed } = this.#options;
    return {
      add: (evidence) => [ADDED, KNOWN].includes(this.#add(evidence, 'client')),
      get: (hash) => mempool.get(hash)?.transaction,
      remove: (hash) => {
        mempool.remove([hash]);
        changed();
      },
    };
  }

  /** The mempool, as far as votes go into blocks through it. */
  votePool(): VotePool {
    const { mempool, gossip } = this.#options;
    return {
      add: (transaction, source) => {
        const result = this.#add(transaction, source);
        if (result === ADDED && source === 'client') gossip.spread(transaction.hash);
        return result;
      },
      has: (hash) => mempool.has(hash),
      remove: (hashes) => void mempool.remove(hashes),
    };
  }

  #submitPlain(candidate: Candidate, answer: (result: TransactionAnswer) => void): void {
    const { mempool, gossip } = this.#options;
    const { client, transaction } = candidate;
    this.#admit(candidate, (result) => {
      // The first giver may have told nobody else, and then only this member knows the transaction.
      const isOurs = result === ADDED || (result === KNOWN && mempool.adopt(transaction.hash, client));
      if (isOurs) gossip.spread(transaction.hash);
      answer(result);
    });
  }

  #take(transaction: Transaction, from: MemberIndex, traceId: string | undefined): void {
    const { membership, monitor } = this.#options;
    if (!mayBeSubmitted(transaction)) return monitor.refused(from, 'invalid', 'reserved transaction');
    if (isFor('membership', transaction)) return membership().receive(transaction, from);
    this.#admit({ transaction, source: from, client: undefined, traceId }, () => {});
  }

  /** Kept and spread once its signature is found to hold. */
  #submitVote(
    transaction: Transaction,
    answer: (result: TransactionAnswer) => void,
    client: MempoolClient | undefined,
  ): void {
    const { mempool, membership } = this.#options;
    if (mempool.has(transaction.hash)) return answer(KNOWN);
    membership().submit(transaction, answer, client);
  }

  /** A transaction that the members make themselves: no application is asked. */
  #add(transaction: Transaction, source: TransactionSource): MempoolAnswer {
    const { mempool, clock } = this.#options;
    const answer = mempool.add(transaction, source, clock.nowMs());
    if (answer === ADDED) this.#added({ transaction, source, client: undefined, traceId: undefined });
    return answer;
  }

  #admit(candidate: Candidate, answer: (result: TransactionAnswer) => void): void {
    this.#admissions.admit(candidate, (result) => {
      if (result === ADDED) this.#added(candidate);
      answer(result);
    });
  }

  #added({ transaction, source, traceId }: Candidate): void {
    this.#options.monitor.transactionWaits(transaction.hash, source, traceId);
    this.#options.changed();
  }
}
