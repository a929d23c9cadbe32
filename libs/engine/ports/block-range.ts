import type { Block, BlockHeader } from '#libs/chain/block.ts';
import type { Height } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';

/** Final blocks, ascending without gaps, and one certificate that proves them all by the links between them. */
export interface BlockRange {
  /** The blocks, at least one. */
  readonly blocks: readonly Block[];
  /** Commit certificate of the last block, or of the last of `descendants`. */
  readonly certificate: QuorumCertificate;
  /** Headers that link the last block to the certified one, ascending; empty when the certificate is its own. */
  readonly descendants: readonly BlockHeader[];
}

/** Heights from and to, inclusive. */
export interface HeightSpan {
  readonly from: Height;
  readonly to: Height;
}
