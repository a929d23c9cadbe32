import type { PublicState } from '../module.ts';
import { type ViewTally, viewTally } from '../view-tally.ts';
import { kindAfter } from '../vote/kind-after.ts';
import { certificatesOf, isRoundProposed } from './failing.ts';
import { leadsRound, roundLeader } from './leaders.ts';
import { isLeaving, type RoundsState } from './state.ts';
import { roundPosition } from './statements.ts';
import { roundVotesOf } from './tallying.ts';

/** The part of the state of a member that may be shown. */
export function publicRound(state: RoundsState): PublicState {
  return {
    position: roundPosition(state.at),
    leader: roundLeader(state, state.at.view),
    votePath: 'all',
    phase: phaseOf(state),
    certified: certifiedKinds(state),
    timedOutViews: state.leftViews,
    tally: () => tallyOf(state),
  };
}

function tallyOf(state: RoundsState): ViewTally {
  const { at, context } = state;
  const { view, leaves } = at;
  return viewTally(context, {
    isProposed: isRoundProposed(state, view),
    votesOf: (kind) => roundVotesOf(state, view, kind).values(),
    certificates: certificatesOf(state, view),
    leaving: leaves.keys(),
  });
}

function certifiedKinds({ at, context: { table } }: RoundsState): readonly string[] {
  const kinds: string[] = [];
  if (at.prepared?.view === at.view) kinds.push(table.prepared);
  kinds.push(...at.certified.keys());
  if (at.decided !== undefined) kinds.push(table.decides);
  return kinds;
}

/** The event that the view waits for. */
function phaseOf(state: RoundsState): string {
  const { at, context } = state;
  const { table } = context;
  if (at.decided !== undefined) return 'storing';
  if (isLeaving(state)) return 'leaving';
  const certified = certifiedKinds(state).at(-1);
  const next = certified === undefined ? undefined : kindAfter(table, certified);
  if (next !== undefined) return next;
  if (at.proposal !== undefined) return table.prepared;
  return leadsRound(state) && (at.building || at.draft !== undefined) ? 'proposing' : 'waiting';
}
