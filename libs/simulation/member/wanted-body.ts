import type { HeldBlock } from '../chain/shared-judge.ts';

/** A block that is waited for. */
export interface WantedBody {
  readonly height: bigint;
  readonly waiters: ((held: HeldBlock) => void)[];
  /** The block came, and waits for its parent: nobody need be asked for it. */
  isHere: boolean;
}
