import type { BlockHeader } from './block.ts';

/**
 * The header that holds the root of the state after a block. `same-block`: its own, so the root is computed before anybody votes.
 * `next-block`: that of the block above it, for an application that executes final blocks alone. It knows no undecided
 * parent: a block of such a chain is made and judged upon a final one only.
 */
export type RootPlace = 'same-block' | 'next-block';

/** Whether the state after a final block differs from the one below it, and its root stands in no header up to this one. */
export function isRootPending(place: RootPlace, { transactionCount }: BlockHeader): boolean {
  return place === 'next-block' && transactionCount > 0;
}
