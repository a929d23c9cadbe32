import { BLOCK_INTERVAL_BOUND, BLOCK_INTERVAL_PARAMETER } from '../block-interval-words.ts';
import { EXCLUSION_BOUND, EXCLUSION_PARAMETER } from '../exclusion-words.ts';
import { type FoundingTerms, type ProtocolParameters, parameterOf } from '../parameters.ts';
import { SUSPENSION_BOUND, SUSPENSION_PARAMETER } from '../suspension-words.ts';
import { viewWaits } from '../view-waits.ts';

const WAITS = viewWaits({
  default: 2_000,
  reason:
    'a round needs three signatures and two quorums of verifications; it doubles with each view of a height that fails',
});

/** Percent in which the speed is said. */
const WHOLE = 100;

/** The waits of views, the time between blocks, and one factor for all of them (TW-2.12.5, TW-2.12.8). */
const PARAMETERS: ProtocolParameters = {
  bounds: {
    ...WAITS.bounds,
    [BLOCK_INTERVAL_PARAMETER]: BLOCK_INTERVAL_BOUND,
    speed_percent: {
      min: 10,
      max: 500,
      default: WHOLE,
      reason: 'all waits are multiplied by it; below a tenth, views end before their signatures are made',
    },
    [SUSPENSION_PARAMETER]: SUSPENSION_BOUND,
    [EXCLUSION_PARAMETER]: EXCLUSION_BOUND,
  },
  fault: WAITS.fault,
  timing: (values) => {
    const scaled = (ms: number): number => Math.round((ms * parameterOf(values, 'speed_percent')) / WHOLE);
    const { viewTimeoutMs, viewTimeoutMsMax } = WAITS.timing(values);
    return {
      viewTimeoutMs: scaled(viewTimeoutMs),
      viewTimeoutMsMax: scaled(viewTimeoutMsMax),
      blockIntervalMs: scaled(parameterOf(values, BLOCK_INTERVAL_PARAMETER)),
    };
  },
};

/** The numbers of PBFT that all members share. Without faults one to three members may run it, for every one of them must be up. */
export const PBFT_TERMS: FoundingTerms = { parameters: PARAMETERS, runsWithoutFaults: true };
