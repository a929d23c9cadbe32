import type { RunMode } from '#libs/simulation/plan/draw-plan.ts';
import type { LatencyArguments } from './latency/latency-request.ts';

/** The options of `btcfed sim`, as they were typed. */
export interface SimArguments extends LatencyArguments {
  /** Left out: the usual one, and every one of the signer's model. */
  readonly protocol?: string;
  readonly members: number;
  readonly seeds: number;
  readonly from: number;
  readonly jobs: number;
  readonly actors?: string;
  readonly faults?: string;
  readonly without?: string;
  readonly mode?: RunMode;
  readonly nodes?: 'whole' | 'replicas';
  readonly repeat: number;
  readonly shard?: string;
  readonly twins?: string;
  readonly views?: number;
  readonly heights?: number;
  readonly walks?: number;
  readonly minutes?: number;
  readonly heapGib?: number;
  readonly scenario?: string;
  readonly crash?: string;
  readonly blocks: number;
  readonly mutants?: boolean;
  readonly signerModel?: boolean;
  readonly replay?: number;
  readonly trace?: boolean;
  readonly traceHashes?: string;
  readonly json?: boolean;
}
