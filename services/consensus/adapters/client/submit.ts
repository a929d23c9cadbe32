import { digestBytes } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import type { TransactionAnswer } from '#libs/engine/ports/submission.ts';
import {
  type SubmitTransactionRequest,
  type SubmitTransactionResponse,
  TransactionState,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { ClientPorts, Submitter } from '../../core/ports.ts';
import { responseHeader } from '../wire/wire-api.ts';
import { ClientError } from './client-errors.ts';
import { refusalOf } from './refusals.ts';

/**
 * Takes a transaction in. The same bytes give the same answer for ever: PENDING while they wait, FINAL once
 * they are final. So a caller that lost the answer may just ask again.
 * @throws ClientError
 */
export async function submitTransaction(
  ports: ClientPorts,
  request: SubmitTransactionRequest,
  submitter: Submitter,
): Promise<SubmitTransactionResponse> {
  const transaction = transactionOf(request.transaction);
  const state = await stateOnceIn(ports, transaction, submitter);
  return { header: responseHeader(ports), transactionHash: digestBytes(transaction.hash), state };
}

/** How far a transaction is once it was handed in. @throws ClientError when it is refused. */
export async function stateOnceIn(
  ports: ClientPorts,
  transaction: Transaction,
  submitter: Submitter,
): Promise<TransactionState> {
  const isFinal = ports.chain.isCommitted(transaction.hash);
  return isFinal ? TransactionState.FINAL : takeIn(ports, transaction, submitter);
}

const DRAINING =
  'this member takes no new transactions, because its operator is about to stop it: hand it to another member';

async function takeIn(
  ports: ClientPorts,
  transaction: Transaction,
  submitter: Submitter,
): Promise<TransactionState> {
  if (!ports.intake.isOpen) throw new ClientError(DRAINING, { code: 'CONSENSUS_STOPPING' });
  const { mode, haltReason } = ports.status();
  if (mode === 'halted') {
    throw new ClientError(`this member is halted: ${haltReason}`, { code: 'CONSENSUS_HALTED' });
  }
  const { mempool } = ports;
  const result = await new Promise<TransactionAnswer>((answer) => {
    mempool.submit(transaction, { ...submitter, answer });
  });
  const refusal = refusalOf(result);
  if (refusal !== undefined) throw refusal;
  return TransactionState.PENDING;
}
