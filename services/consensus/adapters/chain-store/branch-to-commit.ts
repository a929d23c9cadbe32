import { assert } from '#libs/assert/assert.ts';
import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import type { Digest, Height } from '#libs/chain/ids.ts';
import { ChainError } from '#libs/engine/ports/chain-errors.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { UndecidedBlock } from './undecided-blocks.ts';

export interface FinalView {
  readonly tip: { readonly height: Height; readonly digest: Digest };
  /** Digest of a final block. */
  digestAt(height: Height): Digest;
}

/**
 * The blocks that a commit certificate makes final, lowest first: those of `branch`, which ends in the certified
 * block, if it grows out of the tip.
 *
 * @throws ChainError CHAIN_FORK when final blocks say otherwise, CHAIN_BLOCK_MISSING when the block is not held,
 * CHAIN_CERTIFICATE_MISMATCH when it is at another height.
 */
export function branchToCommit(
  { digest, height }: QuorumCertificate,
  branch: readonly UndecidedBlock[],
  { tip, digestAt }: FinalView,
): readonly UndecidedBlock[] {
  const [lowest] = branch;
  if (lowest === undefined && height > tip.height) {
    throw new ChainError('a decided block is not held: fetch it from another member', {
      code: 'CHAIN_BLOCK_MISSING',
      digest,
    });
  }
  const held = branch.at(-1)?.block.header.height ?? height;
  if (held !== height) throw mismatch(height, digest);
  const first = lowest?.block.header.height ?? height;
  if (lowest?.block.header.parent === tip.digest) return branch;
  throw forkAt(first, digestAt(first), digest);
}

/** The certified block of a branch that grows out of the tip. @throws ChainError CHAIN_FORK when it does not. */
export function newestOfExtension(
  { digest, kind }: QuorumCertificate,
  branch: readonly BlockWithFrontier[],
  tip: FinalView['tip'],
): BlockWithFrontier {
  const newest = branch.at(-1);
  const first = branch[0]?.block.header;
  assert(newest !== undefined && first !== undefined, 'a branch has blocks');
  assert(newest.block.digest === digest, 'a branch ends in its certified block');
  assert(kind === 'commit', `a ${kind} certificate decides nothing`);
  if (first.parent !== tip.digest) throw forkAt(first.height, tip.digest, digest);
  return newest;
}

/** The error of a fork at the lowest height at which a certified block and a final one differ. */
export function forkAt(height: Height, final: Digest, certified: Digest): ChainError {
  return new ChainError(
    `a commit certificate contradicts the final block of height ${height}: more than a third of the weight lied. ` +
      'This member stops; keep chain.db, and compare the block with those of the other members',
    { code: 'CHAIN_FORK', height, final, certified },
  );
}

export function mismatch(height: Height, certified: Digest): ChainError {
  return new ChainError('a commit certificate names a block at a height where it is not', {
    code: 'CHAIN_CERTIFICATE_MISMATCH',
    height,
    certified,
  });
}
