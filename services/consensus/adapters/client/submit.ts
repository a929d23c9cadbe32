import { digestBytes } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import {
  type SubmitTransactionRequest,
  type SubmitTransactionResponse,
  TransactionState,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { ClientPorts, SubmitRefusal, Submitter } from '../../core/ports.ts';
import { responseHeader } from '../wire/wire-api.ts';
import { ClientError } from './client-errors.ts';

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
  const isFinal = ports.chain.isCommitted(transaction.hash);
  const state = isFinal ? TransactionState.FINAL : await takeIn(ports, transaction, submitter);
  return { header: responseHeader(ports), transactionHash: digestBytes(transaction.hash), state };
}

async function takeIn(
  ports: ClientPorts,
  transaction: Transaction,
  submitter: Submitter,
): Promise<TransactionState> {
  const { mode, haltReason } = ports.status();
  if (mode === 'halted') {
    throw new ClientError(`this member is halted: ${haltReason}`, { code: 'CONSENSUS_HALTED' });
  }
  const answer = await ports.mempool.submit(transaction, submitter);
  if (answer.kind === 'refused' && answer.cause === 'membership') throw voteRefused(answer.reason);
  if (answer.kind === 'refused') throw refusalOf(answer.cause, transaction.bytes.length);
  return TransactionState.PENDING;
}

function voteRefused(reason: string): ClientError {
  return new ClientError(`this vote for a change of the membership can stand in no block: ${reason}`, {
    code: 'CONSENSUS_VOTE_REFUSED',
    reason,
  });
}

function refusalOf(cause: SubmitRefusal, sizeBytes: number): ClientError {
  switch (cause) {
    case 'empty':
      return new ClientError('a transaction has at least one byte', { code: 'CONSENSUS_TRANSACTION_EMPTY' });
    case 'too-large':
      return new ClientError(
        `transaction above the limit of the genesis, transaction_bytes_max: it has ${sizeBytes} bytes`,
        {
          code: 'CONSENSUS_TRANSACTION_TOO_LARGE',
          sizeBytes,
        },
      );
    case 'reserved':
      return new ClientError(
        'a transaction must not begin with "btcfed/evidence/v1" or "btcfed/handover/v1"',
        {
          code: 'CONSENSUS_TRANSACTION_RESERVED',
        },
      );
    case 'busy':
      return new ClientError(
        'too many votes for changes of the membership wait here to be verified, of this caller or of all: try again in a second',
        { code: 'CONSENSUS_TOO_MANY_VOTES' },
      );
    case 'full':
      return new ClientError(
        'mempool full, or the share of this caller in it: try again when some are final',
        {
          code: 'CONSENSUS_MEMPOOL_FULL',
        },
      );
  }
}
