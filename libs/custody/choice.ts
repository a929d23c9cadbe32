import type { Digest } from '#libs/chain/ids.ts';
import { CHOICES_MAX } from './limits.ts';

/**
 * The blocks that a view of an instance may begin with, each by the reports of some quorum; undefined: any. Whichever quorum
 * it was, a block that can be final was in its reports.
 */
export interface Choice {
  readonly only: readonly Digest[] | undefined;
}

/** Whether a view may begin with this block. */
export function leavesOpen({ only }: Choice, block: Digest | undefined): boolean {
  return only === undefined || (block !== undefined && only.includes(block));
}

/** The blocks that one of two choices leaves open; the newest of too many blocks. */
export function eitherOf(known: Choice, found: Choice): Choice {
  if (known.only === undefined || found.only === undefined) return { only: undefined };
  return { only: [...new Set([...known.only, ...found.only])].slice(-CHOICES_MAX) };
}
