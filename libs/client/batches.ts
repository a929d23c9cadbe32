import type { Digest } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import {
  type SubmitTransactionsResponse,
  type SubmittedTransaction,
  TransactionState,
  type WaitTransactionsResponse,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { demand, present } from '#libs/wire/refusal.ts';
import { digestFrom, reading } from './answers.ts';

/** Most transactions of one `submitMany` or `waitMany`. */
export const BATCH_TRANSACTIONS_MAX = 1_000;

/** Most bytes of the transactions of one `submitMany`, unless one alone has more. */
export const BATCH_BYTES_MAX = 256 * 1024;

/** The outcome of one of many transactions. */
export type SubmittedItem =
  | { readonly hash: Digest; readonly state: 'pending' | 'final' }
  | { readonly hash: Digest; readonly state: 'refused'; readonly refusal: ItemRefusal };

/** The error that `submit` would have thrown. */
export interface ItemRefusal {
  /** The error code, as in services/consensus/README.md. */
  readonly code: string;
  readonly message: string;
  /** The reason of CONSENSUS_VOTE_REFUSED and CONSENSUS_TRANSACTION_REFUSED, else empty. */
  readonly reason: string;
}

/** The place of one of many transactions. */
export interface PlacedItem {
  /** Position among those that were waited for. */
  readonly item: number;
  readonly height: bigint;
  readonly index: number;
}

/**
 * The hash that a member tells for a transaction, which must be its own: a caller that waits for another one would take that for it.
 * @throws FederationClientError `CLIENT_ANSWER_INVALID`, as do the others.
 */
export function hashFrom(told: Uint8Array, transaction: Uint8Array): Digest {
  const hash = digestFrom(told);
  return reading('hash', () => {
    demand(transactionOf(transaction).hash === hash, 'of another transaction');
    return hash;
  });
}

export function submittedFrom(
  { results }: SubmitTransactionsResponse,
  transactions: readonly Uint8Array[],
): readonly SubmittedItem[] {
  return reading('results', () => {
    const { length } = transactions;
    demand(results.length === length, `${results.length} results of ${length} transactions`);
    return transactions.map((bytes, at) => itemFrom(present(results[at], 'result'), bytes));
  });
}

/** Each place once, and all of them by the end: a member that ends too early, or never, is not asked again and again. */
export async function* placesFrom(
  answers: AsyncIterable<WaitTransactionsResponse>,
  asked: number,
): AsyncGenerator<readonly PlacedItem[], void, void> {
  const left = new Set(Array(asked).keys());
  for await (const { places } of answers) {
    reading('places', () => {
      demand(places.length > 0, 'no place');
      for (const { item } of places)
        demand(left.delete(item), `item ${item} of ${asked} was told before, or was never asked for`);
    });
    yield places;
  }
  reading('places', () => demand(left.size === 0, `${asked - left.size} places of ${asked} transactions`));
}

function itemFrom(
  { transactionHash, state, refusal }: SubmittedTransaction,
  transaction: Uint8Array,
): SubmittedItem {
  const hash = hashFrom(transactionHash, transaction);
  if (refusal !== undefined) return { hash, state: 'refused', refusal };
  demand(state !== TransactionState.UNSPECIFIED, 'no state and no refusal');
  return { hash, state: state === TransactionState.FINAL ? 'final' : 'pending' };
}

/**
 * Cuts transactions into batches that one `submitMany` takes, in order: as many as a call may have, and no more bytes; a transaction that
 * alone has more is a batch of its own.
 */
export function batchesOf(transactions: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  const batches: Uint8Array[][] = [];
  let last: Uint8Array[] = [];
  let bytes = 0;
  for (const transaction of transactions) {
    const isFull = last.length === BATCH_TRANSACTIONS_MAX || bytes + transaction.length > BATCH_BYTES_MAX;
    if (last.length === 0 || isFull) {
      last = [];
      bytes = 0;
      batches.push(last);
    }
    last.push(transaction);
    bytes += transaction.length;
  }
  return batches;
}

/** Refusals of one of many that pass by themselves: CONSENSUS_STOPPING where another member is asked, or this one later. */
const PASSING_REFUSALS: readonly string[] = [
  'CONSENSUS_MEMPOOL_FULL',
  'CONSENSUS_TOO_MANY_VOTES',
  'CONSENSUS_STOPPING',
];

/** Whether another try may succeed; for any other refusal the caller must change something. */
export function mayRefusalPass({ code }: ItemRefusal): boolean {
  return PASSING_REFUSALS.includes(code);
}
