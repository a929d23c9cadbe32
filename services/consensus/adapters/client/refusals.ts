import type { Codespace, TransactionAnswer } from '#libs/engine/ports/submission.ts';
import { ClientError, transactionTooLarge, withReason } from './client-errors.ts';

type AnswerOf<Space extends Codespace> = Extract<TransactionAnswer, { readonly codespace: Space }>;

/** The error that a client is told; undefined when the transaction waits, or is final. */
export function refusalOf(answer: TransactionAnswer): ClientError | undefined {
  switch (answer.codespace) {
    case 'mempool':
      return ofMempool(answer);
    case 'membership':
      return ofMembership(answer);
    case 'application':
      return withReason(answer.log, 'CONSENSUS_TRANSACTION_REFUSED', answer.code);
  }
}

function ofMempool(answer: AnswerOf<'mempool'>): ClientError | undefined {
  switch (answer.code) {
    case 'added':
    case 'known':
    case 'final':
      return undefined;
    case 'empty':
      return new ClientError(answer.log, { code: 'CONSENSUS_TRANSACTION_EMPTY' });
    case 'too-large':
      return transactionTooLarge(answer.log, answer.sizeBytes);
    case 'reserved':
      return new ClientError(answer.log, { code: 'CONSENSUS_TRANSACTION_RESERVED' });
    case 'ended':
      return new ClientError(answer.log, { code: 'CONSENSUS_STOPPING' });
    case 'full':
      return new ClientError(answer.log, { code: 'CONSENSUS_MEMPOOL_FULL' });
  }
}

function ofMembership(answer: AnswerOf<'membership'>): ClientError {
  switch (answer.code) {
    case 'refused':
      return withReason(answer.log, 'CONSENSUS_VOTE_REFUSED', answer.reason);
    case 'busy':
      return new ClientError(answer.log, { code: 'CONSENSUS_TOO_MANY_VOTES' });
  }
}
