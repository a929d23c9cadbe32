import type { MemberIndex, View } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import { signedOf } from '../signed.ts';
import { hasQuorum } from '../validator-set.ts';
import { DECIDING_VIEWS_BACK, VIEWS_AHEAD_MAX } from './limits.ts';
import type { RoundsVote } from './message.ts';
import type { RoundsState, RoundsTurn, RoundVotes } from './state.ts';

/** The name of the votes of one kind in one view: votes of two views are never added up, for the view is in each signature. */
export function tallyName(view: View, step: string): string {
  return `${view} ${step}`;
}

/** The votes of one kind in one view. */
export function roundVotesOf({ at }: RoundsState, view: View, step: string): RoundVotes {
  return at.votes.get(tallyName(view, step)) ?? new Map();
}

/** Counts a verified vote. @returns the certificate, when a quorum has voted for this block now. */
export function countVote(turn: RoundsTurn, vote: RoundsVote): QuorumCertificate | undefined {
  const { state } = turn;
  if (!isWantedVote(state, vote)) return undefined;
  const { view, step, height, digest } = vote;
  const votes = new Map(roundVotesOf(state, view, step)).set(vote.member, vote);
  turn.change({ votes: new Map(state.at.votes).set(tallyName(view, step), votes) });
  const same = [...votes.values()].filter((each) => each.digest === digest);
  const voters = same.map(({ member }) => member);
  if (!hasQuorum(state.context.set, voters)) return undefined;
  const signatures = same.map(signedOf).sort((a, b) => a.member - b.member);
  return { kind: step, instance: height, view, height, digest, signatures };
}

/** Whether a vote can still matter: near enough, of a kind that is open in its view, and the first of its member. */
export function isWantedVote(state: RoundsState, vote: RoundsVote): boolean {
  return isCounted(state, vote) && heldVoteOf(state, vote) === undefined;
}

/** The counted vote of the same member, kind and view, for whichever block. */
export function heldVoteOf(state: RoundsState, { view, step, member }: RoundsVote): RoundsVote | undefined {
  return roundVotesOf(state, view, step).get(member);
}

function isCounted({ at, context: { table } }: RoundsState, { view, step, height }: RoundsVote): boolean {
  if (height !== at.height || at.decided !== undefined || view > at.view + VIEWS_AHEAD_MAX) return false;
  if (step === table.decides) return view + DECIDING_VIEWS_BACK >= at.view;
  if (view < at.view) return false;
  return step === table.prepared ? !isPreparedAt(at, view) : view > at.view || !at.certified.has(step);
}

/** Whether a prepared certificate of this view, or a later one, is known. */
function isPreparedAt({ prepared, wanted }: RoundsState['at'], view: View): boolean {
  return [prepared, wanted].some((known) => known !== undefined && known.view >= view);
}

/** The votes that still matter in a view that is entered now. */
export function votesFrom({ at, context: { table } }: RoundsState, view: View): RoundsState['at']['votes'] {
  const isOpen = (votes: RoundVotes): boolean => {
    const [first] = votes.values();
    if (first === undefined) return false;
    return first.view >= view || (first.step === table.decides && first.view + DECIDING_VIEWS_BACK >= view);
  };
  return new Map([...at.votes].filter(([, votes]) => isOpen(votes)));
}

/** The members of whom a vote of this view is held, whatever its kind. */
export function votersIn({ at }: RoundsState, view: View): ReadonlySet<MemberIndex> {
  const found = new Set<MemberIndex>();
  for (const votes of at.votes.values()) {
    for (const vote of votes.values()) if (vote.view === view) found.add(vote.member);
  }
  return found;
}
