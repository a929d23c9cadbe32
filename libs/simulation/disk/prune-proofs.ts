import { toHeight } from '#libs/chain/ids.ts';
import { type CertificateRule, droppable } from '#libs/chain/kept-certificates.ts';
import type { Disk } from './disk.ts';

/**
 * Drops certificates of final blocks by the rule of production, as unsynced writes.
 *
 * @param kept - Those up to this height stay: the genesis block, or the base of a gap.
 */
export function pruneProofs(
  disk: Pick<Disk<unknown>, 'blocks' | 'chain' | 'height' | 'proofs' | 'undoable'>,
  rule: CertificateRule,
  kept: number,
): void {
  if (disk.height < rule.newest) return;
  const { proofs } = disk;
  const heights = [...proofs.keys()].filter((height) => height > kept).sort((a, b) => a - b);
  const certified = heights.flatMap((height) => {
    const digest = disk.chain[height];
    const epoch = digest && disk.blocks.get(digest)?.block.header.epoch;
    return epoch === undefined ? [] : [{ height: toHeight(BigInt(height)), epoch }];
  });
  for (const each of droppable(certified, toHeight(BigInt(kept)), rule, toHeight(BigInt(disk.height)))) {
    const height = Number(each);
    const certificate = proofs.get(height);
    proofs.delete(height);
    disk.undoable(() => {
      if (certificate !== undefined) proofs.set(height, certificate);
    });
  }
}
