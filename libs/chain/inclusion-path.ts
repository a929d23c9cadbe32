import type { SectionRoot } from './section-roots.ts';

/** Audit path of one leaf (RFC 6962, 2.1.1), without the root that it leads to. */
export interface InclusionPath {
  readonly index: bigint;
  /** Leaves under the root. */
  readonly size: bigint;
  /** Sibling hashes from the leaf to the root, 32 bytes each. */
  readonly path: readonly Uint8Array[];
}

/** Audit path under the tree of all transactions. */
export interface StatePath extends InclusionPath {
  /** All sections of the state, that of the transactions first; left out when there is no other. */
  readonly sections?: readonly SectionRoot[];
}
