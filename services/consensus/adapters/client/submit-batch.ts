import { digestBytes } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import {
  type SubmitTransactionsRequest,
  type SubmitTransactionsResponse,
  type SubmittedTransaction,
  type TransactionRefusal,
  TransactionState,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { ClientPorts, Submitter } from '../../core/ports.ts';
import { responseHeader } from '../wire/wire-api.ts';
import { type BatchLimits, demandBatch, inParts } from './batch.ts';
import type { ClientCall } from './client-call.ts';
import { ClientError, REFUSAL_REASON_LENGTH_MAX } from './client-errors.ts';
import type { ReadTurns } from './read-turns.ts';
import { stateOnceIn } from './submit.ts';

interface BatchCall {
  readonly call: Pick<ClientCall, 'caller' | 'signal' | 'traceId'>;
  readonly turns: Pick<ReadTurns, 'take'>;
  readonly limits: BatchLimits;
}

/**
 * Takes many transactions in, in as few turns of the event loop as its other work allows: those of one turn are gossiped together. A
 * refused one is no hindrance to the others, and its result has the code that SubmitTransaction would have failed with.
 * @throws ClientError of the request as a whole; some may be in already, so the caller hands all in again.
 */
export async function submitTransactions(
  ports: ClientPorts,
  { transactions }: SubmitTransactionsRequest,
  { call, turns, limits }: BatchCall,
): Promise<SubmitTransactionsResponse> {
  demandBatch('transactions', transactions.length, limits);
  const submitter = { traceId: call.traceId, client: call.caller };
  const results: Promise<SubmittedTransaction>[] = [];
  await inParts(transactions, { turns, call, limits }, (part) => {
    for (const bytes of part) results.push(heardLater(resultOf(ports, transactionOf(bytes), submitter)));
  });
  return { header: responseHeader(ports), results: await Promise.all(results) };
}

/** It may fail before anybody listens, while the next part waits for its turn. */
function heardLater<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}

async function resultOf(
  ports: ClientPorts,
  transaction: Transaction,
  submitter: Submitter,
): Promise<SubmittedTransaction> {
  const transactionHash = digestBytes(transaction.hash);
  try {
    return { transactionHash, state: await stateOnceIn(ports, transaction, submitter), refusal: undefined };
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return { transactionHash, state: TransactionState.UNSPECIFIED, refusal: refusalFrom(error) };
  }
}

function refusalFrom({ message, detail }: ClientError): TransactionRefusal {
  const reason = 'reason' in detail ? detail.reason.slice(0, REFUSAL_REASON_LENGTH_MAX) : '';
  return { code: detail.code, message, reason };
}
