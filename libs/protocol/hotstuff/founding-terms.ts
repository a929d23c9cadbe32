import type { FoundingTerms } from '../parameters.ts';
import { viewWaits } from '../view-waits.ts';
import { VOTE_PATH_PARAMETER, VOTE_PATHS } from '../vote-path.ts';

const WAITS = viewWaits({
  default: 4_000,
  reason:
    'a view needs four signatures and as many verifications; beyond ten minutes a dead leader stalls all',
});

/** The numbers of HotStuff that all members share, and the members that it needs. */
export const HOTSTUFF_TERMS: FoundingTerms = {
  parameters: {
    ...WAITS,
    bounds: {
      ...WAITS.bounds,
      [VOTE_PATH_PARAMETER]: {
        min: 0,
        max: VOTE_PATHS.length - 1,
        default: 0,
        words: VOTE_PATHS,
        reason:
          'votes go to the leader, which shows certificates to the others, or to all members, who count them themselves',
      },
    },
  },
  // Its leader alone decides nothing, and a federation of it is made to bear one member that lies.
  runsWithoutFaults: false,
};
