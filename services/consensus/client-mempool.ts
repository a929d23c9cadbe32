import type { Node } from '#libs/engine/node.ts';
import type { SubmitResult } from '#libs/engine/transaction-desk.ts';
import type { ClientMempool, SubmitAnswer } from './core/ports.ts';

/** Transactions as the client API sees them. */
export function clientMempool(node: Pick<Node, 'pending' | 'submit'>): ClientMempool {
  return {
    pending: (hash) => node.pending(hash),
    submit: (transaction, submitter) =>
      new Promise((resolve) => {
        node.submit(transaction, { ...submitter, answer: (result) => resolve(answerOf(result)) });
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
