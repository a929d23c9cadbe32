import type { ParameterBound } from './parameters.ts';

/** The number by which terms say whether evidence in a block has the member that it proves a liar leave (libs/membership/exclusion.ts). */
export const EXCLUSION_PARAMETER = 'exclude_on_evidence';

/** Its words: where it is not said, evidence excludes nobody. */
export const EXCLUSION_BOUND: ParameterBound = {
  min: 0,
  max: 1,
  default: 0,
  words: ['no', 'yes'],
  reason:
    'a member that signed two statements of one slot leaves without votes, or stays until the members vote',
};
