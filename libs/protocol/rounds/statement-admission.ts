import { certificateFault } from '../certificate.ts';
import { leaveCertificateFault } from '../leave-certificate.ts';
import type { Admission, Fault } from '../module.ts';
import { isVotingKind } from '../vote/voting-kinds.ts';
import { proposalFaultIn } from './justifying.ts';
import { roundLeader } from './leaders.ts';
import { VIEWS_AHEAD_MAX } from './limits.ts';
import type { RoundsLeave, RoundsProposal, RoundsStatement, RoundsVote } from './message.ts';
import { ADMITTED, byRoundFault, refusal } from './refusing.ts';
import { isLeaving, type RoundsState } from './state.ts';
import { roundPosition } from './statements.ts';
import { heldVoteOf, isWantedVote } from './tallying.ts';

/** Judges a statement of the open height. */
export function admitStatement(state: RoundsState, message: RoundsStatement): Admission {
  // A member that still speaks of a height that is decided here is shown the decision.
  if (state.at.decided !== undefined) return refusal('stale', { behind: roundPosition(message) });
  switch (message.kind) {
    case 'proposal':
      return admitProposalOf(state, message);
    case 'vote':
      return admitVoteOf(state, message);
    case 'leave':
      return admitLeaveOf(state, message);
  }
}

function admitProposalOf(state: RoundsState, proposal: RoundsProposal): Admission {
  const { at } = state;
  const { view, member, block } = proposal;
  if (roundLeader(state, view) !== member) return refusal('wrong-sender');
  if (view < at.view) return refusal('stale', { behind: roundPosition(proposal) });
  const known = view === at.view ? (at.proposal ?? at.draft) : undefined;
  if (known !== undefined) return refusal(known.block.digest === block.digest ? 'duplicate' : 'equivocation');
  if (view === at.view && isLeaving(state)) return refusal('stale');
  return byRoundFault(proposalFaultIn(state, proposal));
}

function admitVoteOf(state: RoundsState, vote: RoundsVote): Admission {
  const { at, context } = state;
  if (!isVotingKind(context.table, vote.step)) return refusal('malformed');
  if (vote.view > at.view + VIEWS_AHEAD_MAX) return refusal('far-future', { behind: roundPosition(vote) });
  if (isWantedVote(state, vote)) return ADMITTED;
  const held = heldVoteOf(state, vote);
  if (held !== undefined && held.digest !== vote.digest) return refusal('equivocation');
  return refusal(vote.view < at.view ? 'stale' : 'duplicate');
}

function admitLeaveOf(state: RoundsState, leave: RoundsLeave): Admission {
  const { at } = state;
  if (leave.view < at.view) return refusal('stale', { behind: roundPosition(leave) });
  if (leave.view === at.view && at.leaves.has(leave.member)) return refusal('duplicate');
  if (leave.view > at.view && !provesItsView(leave))
    return refusal('far-future', { behind: roundPosition(leave) });
  return byRoundFault(leaveFault(state, leave));
}

/** Whether it brings its receiver to its view: a quorum gave the view before up, or was in this one. */
function provesItsView({ view, entry, prepared }: RoundsLeave): boolean {
  return entry?.view === view - 1n || prepared?.view === view;
}

/** A report without its certificate is none: the signature covers view and digest of it, and they are taken from the certificate. */
function leaveFault(
  { context }: RoundsState,
  { height, view, prepared, entry }: RoundsLeave,
): Fault | undefined {
  const { set, root, table } = context;
  if (prepared !== undefined) {
    if (prepared.kind !== table.prepared) return 'certificate of another phase';
    if (prepared.height !== height || prepared.view > view) return 'certificate newer than its report';
  }
  if (entry !== undefined && (entry.instance !== height || entry.view >= view))
    return 'timeout certificate newer than its report';
  const fault = prepared && certificateFault(prepared, set, root, table);
  return fault ?? (entry && leaveCertificateFault(entry, set, root, table));
}
