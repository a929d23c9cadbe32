import { assert } from '#libs/assert/assert.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import { type KeySignature, type Signed, signedOf } from '../signed.ts';
import { hasQuorum } from '../validator-set.ts';
import type { VoteStatement } from '../vote/statement.ts';
import type { Vote } from './message.ts';
import { say } from './sending.ts';
import { type HotStuffState, hasGivenUp, leads, type Turn } from './state.ts';
import { isPhase } from './statements.ts';

/** The own vote came back signed: to the leader of the view, or into the own count. */
export function announceVote(turn: Turn, statement: VoteStatement, signed: KeySignature) {
  const { state } = turn;
  const { me } = state.context;
  const { kind: phase, view, block } = statement;
  if (view !== state.view || hasGivenUp(state) || me === undefined) return undefined;
  assert(isPhase(phase) && block !== undefined, `a ${phase} is no vote`);
  const vote: Vote = { kind: 'vote', phase, view, ...block, member: me, ...signed };
  if (leads(state)) return collectVote(turn, vote);
  say(turn, state.context.leader(view), vote);
  return undefined;
}

/** Counts a verified vote, in the leader, and forms the certificate when a quorum has voted. */
export function collectVote(turn: Turn, vote: Vote): QuorumCertificate | undefined {
  const { state } = turn;
  const { phase, view, height, digest } = vote;
  if (!isWanted(state, vote)) return undefined;
  const votes = new Map(state.votes[phase]).set(vote.member, vote);
  turn.update({ votes: { ...state.votes, [phase]: votes } });
  if (!hasQuorum(state.context.set, votes.keys())) return undefined;
  return { kind: phase, instance: 0n, view, height, digest, signatures: signaturesOf(votes) };
}

/**
 * Whether a vote can still matter: for the own proposal of this view, in an open phase, of a new voter. A vote
 * with another height for the same digest is signed well, but would spoil the certificate (RULES.md A.19).
 */
export function isWanted(state: HotStuffState, { view, phase, height, digest, member }: Vote): boolean {
  const { proposed } = state;
  const isSame = proposed?.digest === digest && proposed.height === height;
  const isOwn = isSame && proposed.view === state.view;
  const isOpen = view === state.view && state.certificates[phase] === undefined;
  return leads(state) && isOwn && isOpen && !state.votes[phase].has(member);
}

function signaturesOf(votes: ReadonlyMap<MemberIndex, Vote>): readonly Signed[] {
  return [...votes.values()].map(signedOf).sort((a, b) => a.member - b.member);
}
