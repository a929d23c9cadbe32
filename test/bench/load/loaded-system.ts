import type { CpuByService } from './cpu-by-service.ts';
import type { LoadWay } from './load-plan.ts';

/** Members on this machine that decide on transactions together, of whatever kind. */
export interface LoadedSystem {
  readonly way: LoadWay;
  /** Where clients reach the members, `host:port`. */
  readonly addresses: readonly string[];
  /** A batch must be final within this. */
  readonly deadlineMs: number;
  /** Of all processes of all members. */
  cpu(): CpuByService;
  /** The newest final height of each member. */
  heights(): Promise<readonly bigint[]>;
  /** Transactions of each block above `below`, up to `height`. */
  transactionCounts(below: bigint, height: bigint): Promise<readonly number[]>;
}
