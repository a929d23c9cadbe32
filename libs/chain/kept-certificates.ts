import { type Epoch, type Height, toHeight } from './ids.ts';

/**
 * The heights whose certificates a member keeps. Blocks are linked, so the certificate of one proves those below it: the others
 * are copies of the same promise, and the largest part of a disk.
 */
export interface CertificateRule {
  /** The newest heights, all of whose certificates are kept. */
  readonly newest: number;
  /** Heights that are a multiple of it keep theirs for ever, and so do the genesis block and the last block of each epoch. */
  readonly every: number;
}

/**
 * Members choose it alone: nobody else can tell, and any certificate above a block in its epoch proves it. A proof has at most 99
 * headers of some 200 bytes, less than half of the smallest certificate.
 */
export const CERTIFICATE_RULE: CertificateRule = { newest: 100, every: 100 };

/** A final block with a certificate of its own. */
export interface CertifiedHeight {
  readonly height: Height;
  readonly epoch: Epoch;
}

/** The lowest multiple from this height on. */
export function milestoneFrom(height: Height, { every }: Pick<CertificateRule, 'every'>): Height {
  const step = BigInt(every);
  return toHeight(((height + step - 1n) / step) * step);
}

/**
 * The heights whose certificates may go, of final blocks that have one of their own.
 *
 * @param certified - All of them between two heights, ascending.
 * @param below - The highest one below these, which is kept.
 * @param tip - The newest final height.
 */
export function droppable(
  certified: readonly CertifiedHeight[],
  below: Height,
  rule: CertificateRule,
  tip: Height,
): readonly Height[] {
  const going: Height[] = [];
  let kept = below;
  for (const [index, own] of certified.entries()) {
    const isOld = own.height + BigInt(rule.newest) <= tip;
    if (isOld && isProvedBy(certified[index + 1], own, kept, rule)) going.push(own.height);
    else kept = own.height;
  }
  return going;
}

/**
 * Whether the next certificate above does as well as that of a block. It must be of the same epoch, for which alone it speaks: so
 * the last block of an epoch, which is the root of the next one and has the handover, keeps its certificate at any height. Where
 * a milestone has none, the highest one below stays in its place. And no way from a block to its proof gets longer than it is
 * between two milestones.
 */
function isProvedBy(
  next: CertifiedHeight | undefined,
  own: CertifiedHeight,
  kept: Height,
  rule: CertificateRule,
): boolean {
  if (next === undefined || next.epoch !== own.epoch) return false;
  return next.height <= milestoneFrom(own.height, rule) && next.height - kept <= BigInt(rule.every);
}
