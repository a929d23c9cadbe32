import type { Block, BlockHeader } from '#libs/chain/block.ts';
import type { QuorumCertificate } from './certificate.ts';

/** A final block with its proof. */
export interface CertifiedBlock {
  readonly block: Block;
  /** Commit certificate of this block, or of the last of `descendants`. */
  readonly certificate: QuorumCertificate;
  /** Headers that link this block to the certified one, ascending; empty when the certificate is its own. */
  readonly descendants: readonly BlockHeader[];
}
