/** How a figure moved over a run. */
export interface Trend {
  /** Medians of the second and of the last quarter: the first is warming up. */
  readonly before: number;
  readonly after: number;
  /** Slope of a straight line through all but the first quarter. */
  readonly perMinute: number;
}

/** @param values - Taken at even intervals of `intervalMs`. */
export function trendOf(values: readonly number[], intervalMs: number): Trend {
  const quarter = Math.floor(values.length / 4);
  const warm = values.slice(quarter);
  return {
    before: median(values.slice(quarter, 2 * quarter)),
    after: median(values.slice(values.length - quarter)),
    perMinute: (slopeOf(warm) * 60_000) / intervalMs,
  };
}

/** Least squares: change from one value to the next. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const squares = values.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
  const products = values.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0);
  return squares === 0 ? 0 : products / squares;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return (lower + upper) / 2;
}
