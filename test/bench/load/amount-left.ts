import type { LoadPlan } from './load-plan.ts';

/** Says of each batch how many transactions it has; none: all is handed in. Times are in milliseconds. */
export function amountLeft(
  { amount, batch }: Pick<LoadPlan, 'amount' | 'batch'>,
  startMs: number,
): (nowMs: number) => number {
  if (amount.kind === 'time') {
    const endMs = startMs + 1_000 * amount.seconds;
    return (nowMs) => (nowMs < endMs ? batch : 0);
  }
  let left = amount.count;
  return () => {
    const count = Math.min(batch, left);
    left -= count;
    return count;
  };
}
