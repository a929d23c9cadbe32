import type { Epochs } from '#libs/engine/epochs.ts';
import type { SubmitResult } from '#libs/engine/transaction-desk.ts';
import type { Mempool } from '#libs/engine/transactions/mempool.ts';
import type { ClientMempool, SubmitAnswer } from './ports.ts';

/** Transactions as the client API sees them. */
export function clientMempool(mempool: Pick<Mempool, 'get'>, epochs: Pick<Epochs, 'submit'>): ClientMempool {
  return {
    pending: (hash) => mempool.get(hash)?.transaction,
    submit: (transaction, submitter) =>
      new Promise((resolve) => {
        epochs.submit(transaction, { ...submitter, answer: (result) => resolve(answerOf(result)) });
      }),
  };
}

function answerOf(result: SubmitResult): SubmitAnswer {
  switch (result.kind) {
    case 'refused':
      return { kind: 'refused', cause: 'membership', reason: result.reason };
    case 'empty':
    case 'too-large':
    case 'full':
    case 'reserved':
    case 'busy':
      return { kind: 'refused', cause: result.kind };
    case 'added':
      return { kind: 'added' };
    case 'known':
    case 'final':
      return { kind: 'known' };
  }
}
