import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import { isHandover } from '#libs/membership/handover.ts';
import { isMembershipVote } from '#libs/membership/vote.ts';
import { isEvidence } from '#libs/protocol/evidence-codec.ts';
import type { MembershipDesk, VoteAnswer, VotePool } from './membership/membership-desk.ts';
import type { ClockPort, EngineMonitor } from './ports/engine-ports.ts';
import type { EvidencePool } from './ports/evidence-ports.ts';
import type { Transactions } from './ports/peer-message.ts';
import type { MempoolClient, TransactionSource } from './ports/pooled-transaction.ts';
import type { Gossip } from './transactions/gossip.ts';
import type { AddOptions, AddResult, Mempool } from './transactions/mempool.ts';

/**
 * `reserved`: it begins as evidence or a handover does, which members make and clients do not. `refused`: it is a vote
 * for a change of the membership, and `reason` says why it can stand in no block. `busy`: it is one, and too many are
 * being verified.
 */
export type SubmitResult = AddResult | VoteAnswer | { readonly kind: 'reserved' };

/** The circumstances of a submission: the trace of its lines in the logs, its client, and the receiver of the result. */
export interface Submission {
  readonly traceId?: string | undefined;
  /** The client whose share of the mempool the transaction counts to. */
  readonly client?: MempoolClient | undefined;
  /** Called once: at once, but for a vote whose signature has to be verified before. */
  readonly answer?: (result: SubmitResult) => void;
}

export interface TransactionDeskOptions {
  readonly mempool: Mempool;
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

  constructor(options: TransactionDeskOptions) {
    this.#options = options;
  }

  /** Takes a client's transaction: it is kept, spread, and proposed sooner or later. */
  submit(transaction: Transaction, { traceId, client, answer = () => {} }: Submission = {}): void {
    if (isMembershipVote(transaction.bytes)) return this.#submitVote(transaction, answer, client);
    answer(
      isReserved(transaction) ? { kind: 'reserved' } : this.#submitPlain(transaction, { traceId, client }),
    );
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
      add: (evidence) => ['added', 'known'].includes(this.#add(evidence, 'client').kind),
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
        if (result.kind === 'added' && source === 'client') gossip.spread(result.hash);
        return result;
      },
      has: (hash) => mempool.has(hash),
      remove: (hashes) => void mempool.remove(hashes),
    };
  }

  #submitPlain(transaction: Transaction, options: AddOptions): AddResult {
    const { mempool, gossip } = this.#options;
    const result = this.#add(transaction, 'client', options);
    // The first giver may have told nobody else, and then only this member knows the transaction.
    const isOurs =
      result.kind === 'added' || (result.kind === 'known' && mempool.adopt(result.hash, options.client));
    if (isOurs) gossip.spread(result.hash);
    return result;
  }

  #take(transaction: Transaction, from: MemberIndex, traceId: string | undefined): void {
    const { membership, monitor } = this.#options;
    if (isMembershipVote(transaction.bytes)) return membership().receive(transaction, from);
    if (isReserved(transaction)) return monitor.refused(from, 'invalid', 'reserved transaction');
    this.#add(transaction, from, { traceId });
  }

  /** Kept and spread once its signature is found to hold. */
  #submitVote(
    transaction: Transaction,
    answer: (result: SubmitResult) => void,
    client: MempoolClient | undefined,
  ): void {
    const { mempool, membership } = this.#options;
    const { hash } = transaction;
    if (mempool.has(hash)) return answer({ kind: 'known', hash });
    membership().submit(transaction, answer, client);
  }

  #add(transaction: Transaction, source: TransactionSource, options: AddOptions = {}): AddResult {
    const { mempool, clock, monitor, changed } = this.#options;
    const result = mempool.add(transaction, source, clock.nowMs(), options);
    if (result.kind === 'added') {
      monitor.transactionWaits(result.hash, source, options.traceId);
      changed();
    }
    return result;
  }
}

/** Transactions that members make, and clients do not. */
function isReserved({ bytes }: Transaction): boolean {
  return isEvidence(bytes) || isHandover(bytes);
}
