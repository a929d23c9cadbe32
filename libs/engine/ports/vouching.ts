import type { RefusalCause } from '#libs/protocol/module.ts';

/**
 * The result for the signatures in a block. `unjudged` is not `false`: if more than f members took it for
 * `false`, the block could not be decided any more. A block with that result is treated as one that has not
 * come: it is asked for again where it is needed.
 */
export type Vouching = 'true' | 'false' | 'unjudged';

/** The result that follows from a verifier's answer. */
export function vouchingOf(ok: boolean, cause?: RefusalCause): Vouching {
  if (ok) return 'true';
  return cause === 'overloaded' || cause === 'unresolved' ? 'unjudged' : 'false';
}
