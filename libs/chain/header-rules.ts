import type { BlockHeader } from './block.ts';
import { HEADER_EXTENSIONS } from './header-extensions.ts';
import type { Digest, Epoch } from './ids.ts';

/**
 * The rule of a protocol for headers: the fault of a header upon its parent, or undefined. Parent digest, height and epoch are
 * judged before it. Pure; an extension of the protocol that it does not understand is a fault.
 */
export type HeaderRule = (parent: BlockHeader, header: BlockHeader) => string | undefined;

/** A block that others build on. */
export interface Parent {
  readonly header: BlockHeader;
  readonly digest: Digest;
}

/** The place that a header must have. */
export interface HeaderPlace {
  readonly parent: Parent;
  /** Epoch of the members that decide the block after the parent. */
  readonly epoch: Epoch;
  /** Of the protocol that decides the block. */
  readonly follows: HeaderRule;
}

/** The fault of the place of a header in the chain, or undefined. */
export function positionFault(
  header: BlockHeader,
  { parent, epoch, follows }: HeaderPlace,
): string | undefined {
  if (header.parent !== parent.digest) return 'wrong parent';
  if (header.height !== parent.header.height + 1n) return 'wrong height';
  if (header.epoch !== epoch) return 'wrong epoch';
  return foreignExtension(header) ?? follows(parent.header, header);
}

/** A word that nobody judges could be anything, and its proposer would have a kilobyte of every header for it. */
function foreignExtension({ extensions }: BlockHeader): string | undefined {
  const foreign = extensions.find(({ tag }) => tag !== HEADER_EXTENSIONS.protocol);
  return foreign && `header extension ${foreign.tag}, for which this chain has no rule`;
}
