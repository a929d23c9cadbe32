import type { ParameterBound } from './parameters.ts';

/** The number by which terms say after how many probes without an answer the others vote that a member leaves (libs/engine/suspension). */
export const SUSPENSION_PARAMETER = 'auto_suspend_failures';

export const SUSPENSION_BOUND: ParameterBound = {
  min: 0,
  max: 1_000_000,
  default: 0,
  reason:
    'probes in a row, one a second, that a member may leave without an answer before the others vote that it leaves; 0: never',
};
