import type { Height } from '#libs/chain/ids.ts';
import { CERTIFICATE_RULE, milestoneFrom } from '#libs/chain/kept-certificates.ts';

/**
 * The height up to which a range is asked for: never over a milestone, for of old blocks members have that certificate alone. A
 * smaller range ends at a multiple of its size, where members that caught up themselves hold one.
 *
 * @param size - The number of blocks that the peer is asked for.
 */
export function endOfRange(from: Height, size: number): Height {
  const milestone = milestoneFrom(from, CERTIFICATE_RULE);
  const multiple = milestoneFrom(from, { every: size });
  if (size >= CERTIFICATE_RULE.every || multiple > milestone) return milestone;
  return multiple;
}
