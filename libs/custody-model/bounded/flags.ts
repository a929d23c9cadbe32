/** Bits for each view that may begin: one for each block. Then four for each height. */
const BEGINNINGS_MAX = 8;
const HEIGHTS_MAX = 4;
const HEIGHT_BITS = 4;
const HEIGHTS_FROM = 2 * BEGINNINGS_MAX;
/** The bits of all beginnings. */
export const OPENINGS = 2 ** HEIGHTS_FROM - 1;

/** Whether an extent fits the flags of a state. */
export function fitsFlags({ views, heights }: { readonly views: number; readonly heights: number }): boolean {
  return heights <= HEIGHTS_MAX && heights * (views - 1) <= BEGINNINGS_MAX;
}

/** Bit of a block that the beginning allows. */
export function openBit(beginning: number, block: number): number {
  return 1 << (2 * beginning + block);
}

/** Both blocks of a beginning. */
export function openBits(beginning: number): number {
  return 3 << (2 * beginning);
}

/** Bit of a block of a height that a quorum decided. */
export function decidedBit(height: number, block: number): number {
  return 1 << (HEIGHTS_FROM + HEIGHT_BITS * height + block);
}

/** Bit of a block of a height that an honest key gave the deciding vote. */
export function committedBit(height: number, block: number): number {
  return decidedBit(height, block) << 2;
}

export function isDecided(flags: number, height: number): boolean {
  return (flags & (decidedBit(height, 0) | decidedBit(height, 1))) !== 0;
}

/** The flags when the blocks of the heights in `swap` change places. */
export function swappedFlags(
  flags: number,
  { views, heights, swap }: { readonly views: number; readonly heights: number; readonly swap: number },
): number {
  let swapped = flags;
  const flip = (low: number): void => {
    const pair = (flags >>> low) & 3;
    swapped = (swapped & ~(3 << low)) | ((((pair & 1) << 1) | (pair >> 1)) << low);
  };
  for (let height = 0; height < heights; height++) {
    if (((swap >> height) & 1) === 0) continue;
    for (let at = height * (views - 1); at < (height + 1) * (views - 1); at++) flip(2 * at);
    for (const low of [0, 2]) flip(HEIGHTS_FROM + HEIGHT_BITS * height + low);
  }
  return swapped;
}
