import type { Block } from '#libs/chain/block.ts';
import type { Height } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';

/**
 * Final blocks of this member whose bytes on the disk were damaged. They count as missing, like blocks that it never
 * had: nobody is given them, and other members have them.
 */
export interface HistoryPort {
  /** Heights that were found damaged and can be put back, ascending. */
  damaged(): readonly Height[];
  /** Tells of each height once it is found. Returns how to stop it. */
  onDamaged(listener: (height: Height, reason: string) => void): () => void;
  /**
   * Puts a final block back, with the commit certificate that is its own, when there is one. Block and certificate are proved by
   * a quorum. @returns false while the state before it is missing too.
   * @throws ChainError CHAIN_FORK when it is not the block that the one above it names.
   */
  restore(block: Block, certificate: QuorumCertificate | undefined): boolean;
  /** Reads a final block with all that belongs to it. @returns about how many bytes that was. */
  check(height: Height): number;
  /** The heights that may be checked now; undefined when none. */
  checkable(): { readonly from: Height; readonly to: Height } | undefined;
}
