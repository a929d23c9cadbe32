/** A number of blocks to ask for, of a part of what was asked for before. */
export function atLeastOne(value: number): number {
  return Math.max(1, Math.floor(value));
}

/** The largest power of two that so many blocks are enough for. */
export function powerOfTwoUpTo(value: number): number {
  return 2 ** Math.floor(Math.log2(Math.max(1, value)));
}
