import type { RefusalCause } from '#libs/protocol/module.ts';

/**
 * What the signatures in a block are found to be. `unjudged` is not `false`: more than f members that took it for that
 * could not decide the block any more. Such a block is as one that has not come: it is asked for again where it is needed.
 */
export type Vouching = 'true' | 'false' | 'unjudged';

/** As a verifier answers. */
export function vouchingOf(ok: boolean, cause?: RefusalCause): Vouching {
  if (ok) return 'true';
  return cause === 'overloaded' ? 'unjudged' : 'false';
}
