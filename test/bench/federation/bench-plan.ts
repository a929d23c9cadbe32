import type { LoadAmount } from '../load/load-plan.ts';

/** How much is measured. */
export interface BenchPlan {
  /** Transactions that are not counted: code warms up, and every member leads once. */
  readonly warmUps: number;
  /** Transactions, one at a time. */
  readonly samples: number;
  /** Of the throughput run. */
  readonly load: LoadAmount;
  /** Transactions before it, handed in the same way and not counted: code warms up. */
  readonly loadWarmUp: number;
  /** Transactions of one call. */
  readonly batch: number;
  /** Handed in and not yet final, at most, all members together. */
  readonly inFlight: number;
  readonly transactionBytes: number;
  /** The federation is watched doing nothing for so long. */
  readonly idleMs: number;
}
