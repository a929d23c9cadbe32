import type { HeldTransactions } from '#libs/chain/named-transactions.ts';
import type { NodePorts } from './node-ports.ts';
import { ApplicationChecks } from './transactions/application-checks.ts';
import { Mempool } from './transactions/mempool.ts';
import { checkLimits, mempoolLimits } from './transactions/mempool-limits.ts';

/** The transactions of a node that outlast its epochs: those that wait, and those that the application judges. */
export interface NodePool {
  readonly mempool: Mempool;
  readonly checks: ApplicationChecks;
  /** The waiting transactions, as messages name them. */
  readonly held: HeldTransactions;
}

export function newPool({
  rules,
  chain,
  application,
  monitor,
}: Pick<NodePorts, 'rules' | 'chain' | 'application' | 'monitor'>): NodePool {
  const limits = mempoolLimits(rules.limits, rules.founders);
  const mempool = new Mempool(limits, (hash) => chain.isCommitted(hash));
  return {
    mempool,
    held: { transactionOf: (hash) => mempool.get(hash)?.transaction },
    checks: new ApplicationChecks({
      application,
      limits: checkLimits(limits, rules.founders),
      failed: (error) => monitor.checkFailed(error),
    }),
  };
}
