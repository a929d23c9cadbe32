import type { CpuByService } from './cpu-by-service.ts';

/** Everything handed in as fast as it goes, by a process of its own. */
export interface LoadFacts {
  /** Final and durable on every member. */
  readonly transactions: number;
  readonly transactionBytes: number;
  /** From the first call until the last of them is final on every member. */
  readonly seconds: number;
  /** Work of cores for one transaction in microseconds, by kind of service, all members together. */
  readonly cpuUsByService: CpuByService;
  /** The same of the client. */
  readonly clientCpuUs: number;
  /** Refusals that passed: the transaction was handed in again. */
  readonly triedAgain: number;
  /** Blocks that hold a transaction. */
  readonly blocks: number;
  /** Transactions in the fullest block. */
  readonly blockTransactionsMax: number;
}
