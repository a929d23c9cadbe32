import type { WorkCosts } from './work-costs.ts';

/**
 * The time that messages of real nodes take, in multiples of the time measured part by part in one warm process: cold code, memory
 * that is collected, the kernel, and the parts that are not measured. Fitted as libs/simulation/README.md "How long a decision takes" tells.
 */
export const FITTED_FACTORS: Pick<WorkCosts, 'messageFactor' | 'byteFactor'> = {
  messageFactor: 13.4,
  byteFactor: 5.5,
};
