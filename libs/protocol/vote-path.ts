import type { ParameterValues } from './parameters.ts';

/** The members that count the votes of a view: its leader alone, or every member. */
export type VotePath = 'leader' | 'all';

/**
 * The ways of votes, by the number that terms say. `leader`: to the leader of the view, which counts them and shows the certificate to all.
 * `all`: to all, and every member counts.
 */
export const VOTE_PATHS: readonly VotePath[] = ['leader', 'all'];

/** The number by which the terms of a protocol say the way of votes, if they may; where it is not said, they go to the leader. */
export const VOTE_PATH_PARAMETER = 'vote_path';

/** Whether every member counts the votes of this epoch: of its terms, never of the number of its members. */
export function areVotesToAll({ parameters }: { readonly parameters: ParameterValues }): boolean {
  return parameters[VOTE_PATH_PARAMETER] === VOTE_PATHS.indexOf('all');
}
