import { timingOf } from '#libs/protocols/protocols.ts';
import type { MemberHome } from '../adapters/read-home.ts';
import { type DecisionVotes, decisionVotesOf } from '../core/decision-votes.ts';
import { quorumSize } from '../core/floor.ts';

/** The facts that the genesis tells of a federation that is to run. */
export interface FoundedFacts {
  readonly protocol: string;
  readonly scheme: string;
  readonly votes: DecisionVotes;
  /** Members that decide. */
  readonly quorum: number;
  /** First try of a view, in milliseconds. */
  readonly viewTimeoutMs: number;
}

export function factsOf(homes: readonly MemberHome[]): FoundedFacts {
  const [first] = homes;
  if (first === undefined) throw new Error('a federation has members');
  const { scheme, protocol, protocolParameters } = first.genesis;
  const { viewTimeoutMs } = timingOf(protocol, protocolParameters);
  const votes = decisionVotesOf(first.genesis);
  return { protocol, scheme, votes, quorum: quorumSize(homes.length), viewTimeoutMs };
}
