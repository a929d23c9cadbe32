import { assert } from '#libs/assert/assert.ts';

/**
 * The smallest value that at least `percent` of all values do not exceed (nearest rank): always one that was
 * measured. Undefined without values.
 */
export function percentile(values: readonly number[], percent: number): number | undefined {
  assert(percent > 0 && percent <= 100, `not a percentage: ${percent}`);
  const ascending = values.toSorted((a, b) => a - b);
  return ascending[Math.ceil((percent / 100) * ascending.length) - 1];
}

/** The value rounded to a tenth: smaller digits are noise. */
export function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
