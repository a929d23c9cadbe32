import { VOTE_PATH_PARAMETER, VOTE_PATHS, type VotePath } from '#libs/protocol/vote-path.ts';
import { FOUNDING_PROTOCOLS, voteTableOf } from '#libs/protocols/protocols.ts';
import type { Genesis } from '#libs/settings/genesis.ts';

/** The votes of one decision: how often each member votes, and who counts the votes. */
export interface DecisionVotes {
  readonly votings: number;
  readonly path: VotePath;
}

/** The votes of a decision by the terms of a genesis. A protocol that names no way of votes sends them to all. */
export function decisionVotesOf({
  protocol,
  protocolParameters,
}: Pick<Genesis, 'protocol' | 'protocolParameters'>): DecisionVotes {
  const kinds = Object.values(voteTableOf(protocol)?.kinds ?? {});
  const votings = kinds.filter(
    ({ leaderOnly, leaves }) => leaderOnly !== true && leaves === undefined,
  ).length;
  const path = VOTE_PATHS[protocolParameters[VOTE_PATH_PARAMETER] ?? 0] ?? 'leader';
  return { votings, path: hasVotePath(protocol) ? path : 'all' };
}

/** Whether a genesis may say to whom the votes of this protocol go. */
export function hasVotePath(protocol: string): boolean {
  const bounds = FOUNDING_PROTOCOLS.get(protocol)?.parameters.bounds ?? {};
  return Object.hasOwn(bounds, VOTE_PATH_PARAMETER);
}
