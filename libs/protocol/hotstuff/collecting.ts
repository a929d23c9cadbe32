import { assert } from '#libs/assert/assert.ts';
import type { View } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import { type KeySignature, signedOf } from '../signed.ts';
import { hasQuorum } from '../validator-set.ts';
import type { VoteStatement } from '../vote/statement.ts';
import { areVotesToAll } from '../vote-path.ts';
import type { Vote } from './message.ts';
import { say } from './sending.ts';
import { type HotStuffState, hasGivenUp, leads, type Turn, type VoteTally } from './state.ts';
import { isPhase } from './statements.ts';

/** The own vote came back signed: to those who count the votes of the view, and into the own count. */
export function announceVote(turn: Turn, statement: VoteStatement, signed: KeySignature) {
  const { state } = turn;
  const { me } = state.context;
  const { kind: phase, view, block } = statement;
  if (view !== state.view || hasGivenUp(state) || me === undefined) return undefined;
  assert(isPhase(phase) && block !== undefined, `a ${phase} is no vote`);
  const vote: Vote = { kind: 'vote', phase, view, ...block, member: me, ...signed };
  const isToAll = areVotesToAll(state.context);
  if (isToAll) say(turn, 'all', vote);
  if (isToAll || leads(state)) return collectVote(turn, vote);
  say(turn, state.context.leader(view), vote);
  return undefined;
}

/** Counts a verified vote, and forms the certificate when a quorum has voted for the same block. */
export function collectVote(turn: Turn, vote: Vote): QuorumCertificate | undefined {
  const { state } = turn;
  const { phase, view, height, digest } = vote;
  if (!isWanted(state, vote)) return undefined;
  const tally = tallyOf(state, view);
  const votes = new Map(tally[phase]).set(vote.member, vote);
  const counted = { ...tally, [phase]: votes };
  turn.update(view === state.view ? { votes: counted } : { nextVotes: counted });
  const same = [...votes.values()].filter((each) => isSameBlock(each, vote));
  const voters = same.map(({ member }) => member);
  if (!hasQuorum(state.context.set, voters)) return undefined;
  const signatures = same.map(signedOf).sort((a, b) => a.member - b.member);
  return { kind: phase, instance: 0n, view, height, digest, signatures };
}

/** Whether a vote can still matter: in an open phase, of a new voter, and of a view and for a block that count here. */
export function isWanted(state: HotStuffState, vote: Vote): boolean {
  const { view, phase } = vote;
  const isOpen = view !== state.view || state.certificates[phase] === undefined;
  const isCounted = areVotesToAll(state.context) ? isNear(state, view) : isForOwn(state, vote);
  return isOpen && isCounted && heldVote(state, vote) === undefined;
}

/** The vote of the same member, view and phase that is counted already, for whichever block. */
export function heldVote(state: HotStuffState, { view, phase, member }: Vote): Vote | undefined {
  return tallyOf(state, view)[phase].get(member);
}

/** A vote with another height for the same digest is signed well, but would spoil the certificate (RULES.md A.19). */
export function isSameBlock(one: Vote, other: Vote): boolean {
  return one.digest === other.digest && one.height === other.height;
}

/**
 * Where votes go to all, those of the view that runs count, and of the next one, which faster members have entered: one of each member in
 * each phase, whichever block it is for. So no liar fills the memory or takes the place of an honest vote, and a
 * quorum counts here also for a block that a lying leader did not show to this member.
 */
function isNear(state: HotStuffState, view: View): boolean {
  return view === state.view || view === state.view + 1n;
}

/** A leader counts votes for its own proposal of this view alone (RULES.md A.19). */
function isForOwn(state: HotStuffState, { view, height, digest }: Vote): boolean {
  const { proposed } = state;
  const isSame = proposed?.digest === digest && proposed.height === height;
  return leads(state) && isSame && proposed.view === view && view === state.view;
}

function tallyOf(state: HotStuffState, view: View): VoteTally {
  return view === state.view ? state.votes : state.nextVotes;
}
