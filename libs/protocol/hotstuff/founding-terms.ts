import { type FoundingTerms, parameterOf } from '../parameters.ts';
import { VOTE_PATH_PARAMETER, VOTE_PATHS } from '../vote-path.ts';

/** The numbers of HotStuff that all members share, and the members that it needs. */
export const HOTSTUFF_TERMS: FoundingTerms = {
  parameters: {
    bounds: {
      view_timeout_ms: {
        min: 100,
        max: 600_000,
        default: 4_000,
        reason:
          'a view needs four signatures and as many verifications; beyond ten minutes a dead leader stalls all',
      },
      view_timeout_ms_max: {
        min: 100,
        max: 3_600_000,
        default: 60_000,
        reason: 'waiting longer than an hour for one view does not help any network',
      },
      [VOTE_PATH_PARAMETER]: {
        min: 0,
        max: VOTE_PATHS.length - 1,
        default: 0,
        words: VOTE_PATHS,
        reason:
          'votes go to the leader, which shows certificates to the others, or to all members, who count them themselves',
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
  // Its leader alone decides nothing, and a federation of it is made to bear one member that lies.
  runsWithoutFaults: false,
};
