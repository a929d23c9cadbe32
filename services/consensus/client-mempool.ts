import type { Epochs } from './core/epochs.ts';
import type { Mempool } from './core/mempool.ts';
import type { ClientMempool } from './ports.ts';

/** Transactions as the client API sees them. */
export function clientMempool(mempool: Pick<Mempool, 'get'>, epochs: Pick<Epochs, 'submit'>): ClientMempool {
  return {
    pending: (hash) => mempool.get(hash)?.transaction,
    submit: (transaction, traceId) => {
      const result = epochs.submit(transaction, traceId);
      const { kind } = result;
      if (kind === 'refused') return { kind, cause: 'membership', reason: result.reason };
      if (kind === 'empty' || kind === 'too-large' || kind === 'full' || kind === 'reserved')
        return { kind: 'refused', cause: kind };
      return { kind: kind === 'added' ? 'added' : 'known' };
    },
  };
}
