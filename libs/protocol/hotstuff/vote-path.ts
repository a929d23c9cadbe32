import type { VotePath } from '../module.ts';
import type { ParameterValues } from '../parameters.ts';

/**
 * The ways of votes, by the number that terms say. `leader`: to the leader of the view, which counts them and shows the certificate to all.
 * `all`: to all, and every member counts.
 */
export const VOTE_PATHS: readonly VotePath[] = ['leader', 'all'];

/** The number of terms that says the way of votes; where it is not said, they go to the leader. */
export const VOTE_PATH_PARAMETER = 'vote_path';

/** Whether every member counts the votes of this epoch: of its terms, never of the number of its members. */
export function areVotesToAll({ parameters }: { readonly parameters: ParameterValues }): boolean {
  return parameters[VOTE_PATH_PARAMETER] === VOTE_PATHS.indexOf('all');
}
