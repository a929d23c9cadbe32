import { type ParameterBound, type ProtocolParameters, parameterOf } from './parameters.ts';

/** The first wait of a protocol for a view, milliseconds, and why it is no shorter. */
export type FirstWait = Pick<ParameterBound, 'default' | 'reason'>;

/** The two numbers of a protocol whose views wait longer with each that fails: how long the first one waits, and the longest. */
export function viewWaits(first: FirstWait): ProtocolParameters {
  return {
    bounds: {
      view_timeout_ms: { min: 100, max: 600_000, ...first },
      view_timeout_ms_max: {
        min: 100,
        max: 3_600_000,
        default: 60_000,
        reason: 'waiting longer than an hour for one view does not help any network',
      },
    },
    fault: (values) =>
      parameterOf(values, 'view_timeout_ms') <= parameterOf(values, 'view_timeout_ms_max')
        ? undefined
        : { name: 'view_timeout_ms_max', problem: 'must be at least view_timeout_ms' },
    timing: (values) => ({
      viewTimeoutMs: parameterOf(values, 'view_timeout_ms'),
      viewTimeoutMsMax: parameterOf(values, 'view_timeout_ms_max'),
    }),
  };
}
