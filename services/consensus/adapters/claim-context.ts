import { assert } from '#libs/assert/assert.ts';
import type { EpochFacts } from '#libs/engine/membership/membership-book.ts';
import { type ClaimContext, NO_CERTIFIED_KEYS } from '#libs/protocol/resolve-claim.ts';
import { voteTableOf } from '#libs/protocols/protocols.ts';
import type { LoadedChain } from './load-chain.ts';

/** The context of an epoch's claims: it says which key verifies each of them, and over which bytes. */
export function claimContextIn(
  { chainDigest: chain, genesis: { scheme } }: Pick<LoadedChain, 'chainDigest' | 'genesis'>,
  { epoch, set, terms: { protocol } }: Pick<EpochFacts, 'epoch' | 'set' | 'terms'>,
): ClaimContext {
  const table = voteTableOf(protocol);
  assert(table !== undefined, `the votes of ${protocol} are unknown`);
  return { set, scheme, scope: { chain, protocol, epoch }, table, certified: NO_CERTIFIED_KEYS };
}
