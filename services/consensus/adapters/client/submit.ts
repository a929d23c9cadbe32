import { digestBytes } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import type { Codespace, TransactionAnswer } from '#libs/engine/ports/submission.ts';
import {
  type SubmitTransactionRequest,
  type SubmitTransactionResponse,
  TransactionState,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { ClientPorts, Submitter } from '../../core/ports.ts';
import { responseHeader } from '../wire/wire-api.ts';
import { ClientError, type RefusalCode } from './client-errors.ts';

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
  const { mempool } = ports;
  const result = await new Promise<TransactionAnswer>((answer) => {
    mempool.submit(transaction, { ...submitter, answer });
  });
  const refusal = refusalOf(result);
  if (refusal === undefined) return TransactionState.PENDING;
  throw new ClientError(result.log, { code: refusal });
}

type CodeOf<Space extends Codespace> = Extract<TransactionAnswer, { readonly codespace: Space }>['code'];

/** The answers of the mempool: `undefined` stands for a transaction that is in it, or final. */
const OF_MEMPOOL: Readonly<Record<CodeOf<'mempool'>, RefusalCode | undefined>> = {
  added: undefined,
  known: undefined,
  final: undefined,
  empty: 'CONSENSUS_TRANSACTION_EMPTY',
  'too-large': 'CONSENSUS_TRANSACTION_TOO_LARGE',
  reserved: 'CONSENSUS_TRANSACTION_RESERVED',
  full: 'CONSENSUS_MEMPOOL_FULL',
};

const OF_MEMBERSHIP: Readonly<Record<CodeOf<'membership'>, RefusalCode>> = {
  refused: 'CONSENSUS_VOTE_REFUSED',
  busy: 'CONSENSUS_TOO_MANY_VOTES',
};

/** The code that a client is told; undefined when the transaction waits, or is final. */
function refusalOf(result: TransactionAnswer): RefusalCode | undefined {
  switch (result.codespace) {
    case 'mempool':
      return OF_MEMPOOL[result.code];
    case 'membership':
      return OF_MEMBERSHIP[result.code];
    case 'application':
      return 'CONSENSUS_TRANSACTION_REFUSED';
  }
}
