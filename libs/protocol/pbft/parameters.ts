import { type FoundingTerms, parameterOf } from '../parameters.ts';

/** The numbers of PBFT that all members share. Without faults one to three members may run it, for every one of them must be up. */
export const PBFT_TERMS: FoundingTerms = {
  parameters: {
    bounds: {
      view_timeout_ms: {
        min: 100,
        max: 600_000,
        default: 2_000,
        reason:
          'a round needs three signatures and two quorums of verifications; it doubles with each view of a height that fails',
      },
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
  },
  runsWithoutFaults: true,
};
