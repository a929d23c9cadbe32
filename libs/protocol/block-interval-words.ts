import type { ParameterBound } from './parameters.ts';

export const BLOCK_INTERVAL_PARAMETER = 'block_interval_ms';

/** The least time between blocks, for protocols that take one. */
export const BLOCK_INTERVAL_BOUND: ParameterBound = {
  min: 0,
  max: 3_600_000,
  default: 0,
  reason:
    'the least time from a final block to the next proposal; a transaction that waits longer than an hour is no use',
};
