import { assert } from '#libs/assert/assert.ts';
import type { FinalBlock } from '#libs/protocol/module.ts';
import type { Disk } from './disk.ts';

/** The newest final block of a disk, with its certificate. */
export function finalTop({ top, tip }: Pick<Disk<unknown>, 'top' | 'tip'>): FinalBlock {
  assert(top !== undefined, 'a chain has a newest block');
  const { header, digest } = top.block;
  return { header, digest, certificate: tip };
}
