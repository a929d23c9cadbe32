import type { EmptyBlocks } from './empty-blocks.ts';

/** When a protocol waits, and for how long: bounds in milliseconds. They never decide a result. */
export interface ProtocolTiming {
  readonly viewTimeoutMs: number;
  /** Longest wait of any timer. */
  readonly viewTimeoutMsMax: number;
  /** Least time from a block that is final to the next proposal; none when left out. */
  readonly blockIntervalMs?: number | undefined;
  /** Of the terms of the protocol; `never` when left out. */
  readonly emptyBlocks?: EmptyBlocks | undefined;
}
