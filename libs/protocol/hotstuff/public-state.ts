import type { PublicState } from '../module.ts';
import { type ViewTally, viewTally } from '../view-tally.ts';
import { areVotesToAll } from '../vote-path.ts';
import { certificatesIn, isProposedIn } from './failure.ts';
import { type HotStuffState, hasGivenUp, leads } from './state.ts';
import { isPhase, type Phase, viewPosition } from './statements.ts';

/** The part of the state of a replica that may be shown. */
export function publicState(state: HotStuffState): PublicState {
  return {
    position: viewPosition(state.view),
    leader: state.context.leader(state.view),
    votePath: areVotesToAll(state.context) ? 'all' : 'leader',
    phase: phaseOf(state),
    certified: certifiedKinds(state),
    timedOutViews: state.timedOutViews,
    tally: () => tallyOf(state),
  };
}

function tallyOf(state: HotStuffState): ViewTally {
  const { context, view, votes, timeouts } = state;
  const leaving = [...timeouts.values()].filter((each) => each.view === view);
  return viewTally(context, {
    isProposed: isProposedIn(state, view),
    votesOf: (kind) => (isPhase(kind) ? votes[kind].values() : []),
    certificates: certificatesIn(state, view),
    leaving: leaving.map(({ member }) => member),
  });
}

/** A commit certificate ends its view, so that none is of the current one. */
function certifiedKinds({ view, high, locked }: HotStuffState): readonly Phase[] {
  const kinds: Phase[] = [];
  if (high.view >= view) kinds.push('prepare');
  if (locked !== undefined && locked.view >= view) kinds.push('pre-commit');
  return kinds;
}

/** The event that the current view waits for, in the words of HS-02. */
function phaseOf(state: HotStuffState): string {
  if (hasGivenUp(state)) return 'timed-out';
  if (state.certificates['pre-commit'] !== undefined) return 'commit';
  if (state.certificates.prepare !== undefined) return 'pre-commit';
  if (state.proposal !== undefined) return 'prepare';
  return leads(state) && state.building ? 'proposing' : 'new-view';
}
