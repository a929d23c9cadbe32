import type { FoundingTerms } from '../parameters.ts';
import { viewWaits } from '../view-waits.ts';

/** The numbers of PBFT that all members share. Without faults one to three members may run it, for every one of them must be up. */
export const PBFT_TERMS: FoundingTerms = {
  parameters: viewWaits({
    default: 2_000,
    reason:
      'a round needs three signatures and two quorums of verifications; it doubles with each view of a height that fails',
  }),
  runsWithoutFaults: true,
};
