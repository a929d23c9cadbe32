import { BLOCK_INTERVAL_BOUND, BLOCK_INTERVAL_PARAMETER } from '../block-interval-words.ts';
import { EXCLUSION_BOUND, EXCLUSION_PARAMETER } from '../exclusion-words.ts';
import { type FoundingTerms, parameterOf } from '../parameters.ts';
import { SUSPENSION_BOUND, SUSPENSION_PARAMETER } from '../suspension-words.ts';
import { viewWaits } from '../view-waits.ts';

const WAITS = viewWaits({
  default: 2_000,
  reason:
    'a round needs four signatures and three quorums of verifications; it doubles with each view of a height that fails',
});

/** The numbers of dBFT that all members share. Without faults one to three members may run it, for every one of them must be up. */
export const DBFT_TERMS: FoundingTerms = {
  parameters: {
    bounds: {
      ...WAITS.bounds,
      [BLOCK_INTERVAL_PARAMETER]: BLOCK_INTERVAL_BOUND,
      [SUSPENSION_PARAMETER]: SUSPENSION_BOUND,
      [EXCLUSION_PARAMETER]: EXCLUSION_BOUND,
    },
    fault: WAITS.fault,
    timing: (values) => ({
      ...WAITS.timing(values),
      blockIntervalMs: parameterOf(values, BLOCK_INTERVAL_PARAMETER),
    }),
  },
  runsWithoutFaults: true,
};
