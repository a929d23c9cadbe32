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
import { demandBatch } from './batch.ts';
import { ClientError, REFUSAL_REASON_LENGTH_MAX } from './client-errors.ts';
import type { ClientLimits } from './limits.ts';
import { stateOnceIn } from './submit.ts';

/**
 * Takes many transactions in, all in one turn of the event loop, so that they are gossiped together. A refused one is no hindrance to the
 * others, and its result has the code that SubmitTransaction would have failed with.
 * @throws ClientError of the request as a whole.
 */
export async function submitTransactions(
  ports: ClientPorts,
  { transactions }: SubmitTransactionsRequest,
  { submitter, limits }: { readonly submitter: Submitter; readonly limits: Pick<ClientLimits, 'batchMax'> },
): Promise<SubmitTransactionsResponse> {
  demandBatch('transactions', transactions.length, limits);
  const results = await Promise.all(
    transactions.map((bytes) => resultOf(ports, transactionOf(bytes), submitter)),
  );
  return { header: responseHeader(ports), results };
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
