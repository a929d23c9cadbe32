import type { HeaderRule } from '#libs/chain/header-rules.ts';
import { type Epoch, type Height, toEpoch } from '#libs/chain/ids.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { EngineOptions } from './engine-options.ts';
import type { EpochFacts } from './membership/membership-book.ts';
import type { ClaimVerifier } from './ports/engine-ports.ts';
import type { Deciders } from './sync/history-refetch.ts';

/**
 * The verifier for signatures of members of an epoch that has begun. @param own - The verifier of the engine's epoch.
 */
export function verifierIn(
  { book, context, verifierOf }: Pick<EngineOptions, 'book' | 'context' | 'verifierOf'>,
  epoch: Epoch,
  own: ClaimVerifier,
): ClaimVerifier {
  const facts = epoch === context.set.epoch ? undefined : book.epoch(epoch);
  return facts === undefined ? own : verifierOf(facts);
}

/**
 * The members that decided the blocks that are missing below a snapshot, which are of the epoch of the snapshot's block;
 * without a gap, of the epoch of this engine. @param own - The verifier of the engine's epoch.
 */
export function decidersBelow(
  options: Pick<EngineOptions, 'book' | 'chain' | 'snapshots' | 'context' | 'verifierOf' | 'protocolOf'>,
  own: ClaimVerifier,
): Deciders & { readonly follows: HeaderRule } {
  const { book, chain, snapshots, context, protocolOf } = options;
  const base = snapshots.history()?.base.digest;
  const epoch = (base && chain.headerOf(base)?.epoch) ?? context.set.epoch;
  const { set, root, terms } = book.epoch(epoch) ?? book.current;
  const { votes, module } = protocolOf(terms);
  return { set, root, table: votes, follows: module.follows, verifier: verifierIn(options, epoch, own) };
}

/** The votes of an epoch; undefined when it has not begun here. */
export function votesIn(
  { book, protocolOf }: Pick<EngineOptions, 'book' | 'protocolOf'>,
  epoch: Epoch,
): VoteTable | undefined {
  const facts = book.epoch(epoch);
  return facts && protocolOf(facts.terms).votes;
}

/** The members that decided a final block. @param own - The verifier of the engine's epoch. */
export function decidersOf(
  options: Pick<EngineOptions, 'book' | 'context' | 'verifierOf' | 'protocolOf'>,
  height: Height,
  own: ClaimVerifier,
): Deciders {
  const { book, protocolOf } = options;
  let facts: EpochFacts = book.current;
  while (facts.epoch > 0n && height <= facts.root.height) {
    const before = book.epoch(toEpoch(facts.epoch - 1n));
    if (before === undefined) break;
    facts = before;
  }
  const verifier = verifierIn(options, facts.epoch, own);
  return { set: facts.set, root: facts.root, table: protocolOf(facts.terms).votes, verifier };
}
