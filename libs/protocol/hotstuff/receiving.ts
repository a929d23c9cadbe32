import type { MemberIndex } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import type { LeaveCertificate } from '../leave-certificate.ts';
import { areVotesToAll } from '../vote-path.ts';
import { collectVote } from './collecting.ts';
import { help } from './helping.ts';
import { learn, learnTimeout } from './learning.ts';
import type { HotStuffMessage, NewView, Timeout } from './message.ts';
import { collectTimeout } from './pacemaker.ts';
import { newViewOf, say } from './sending.ts';
import type { Turn } from './state.ts';
import { viewPosition } from './statements.ts';
import { receiveProposal, voteOnCertificate } from './voting.ts';

/** Handles a message whose signatures are all verified: first its proofs, then its requests. */
export function takeMessage(turn: Turn, from: MemberIndex, message: HotStuffMessage): void {
  switch (message.kind) {
    case 'proposal':
      takeTimeoutCertificate(turn, message.timeoutCertificate, from);
      learn(turn, message.justify, from);
      return receiveProposal(turn, message, from);
    case 'vote':
      return takeFormed(turn, collectVote(turn, message), from);
    case 'certificate':
      return takeCertificate(turn, message.certificate, from);
    case 'new-view':
      return takeNewView(turn, from, message);
    case 'timeout':
      takeReport(turn, from, message);
      showDecision(turn, from, message);
      takeTimeoutCertificate(turn, collectTimeout(turn, message), from);
      return;
    case 'timeout-certificate':
      return learnTimeout(turn, message.timeoutCertificate, from);
  }
}

function takeCertificate(turn: Turn, certificate: QuorumCertificate, from: MemberIndex): void {
  learn(turn, certificate, from);
  voteOnCertificate(turn, certificate, from);
}

export function takeTimeoutCertificate(
  turn: Turn,
  certificate: LeaveCertificate | undefined,
  from: MemberIndex,
): void {
  if (certificate !== undefined) learnTimeout(turn, certificate, from);
}

/** The certificates of a report, in the order in which they move the view. */
function takeReport(
  turn: Turn,
  from: MemberIndex,
  { commit, high, timeoutCertificate }: Omit<NewView, 'kind'>,
): void {
  learn(turn, commit, from);
  learn(turn, high, from);
  takeTimeoutCertificate(turn, timeoutCertificate, from);
}

/** Counts a report for a view that this member leads; answers a leader that asks. */
function takeNewView(turn: Turn, from: MemberIndex, message: NewView): void {
  takeReport(turn, from, message);
  const { state } = turn;
  const { leader, me } = state.context;
  const isMine = leader(message.view) === me && message.view >= state.view;
  const isNewest = message.view >= (state.newViews.get(from)?.view ?? 0n);
  if (isMine && isNewest) turn.update({ newViews: new Map(state.newViews).set(from, message) });
  const isAsked = leader(state.view) === from && message.view === state.view;
  if (isAsked) turn.emit({ kind: 'transmit', to: from, message: newViewOf(state) });
  else showDecision(turn, from, message);
}

/** Shows the newest decision to a member that reports an older one, in any view of the two. */
function showDecision(turn: Turn, from: MemberIndex, { view, commit }: NewView | Timeout): void {
  if (commit.view < turn.state.commit.view)
    help(turn, from, { at: viewPosition(view), decided: viewPosition(commit.view) });
}

/**
 * A certificate formed here, `from` being the last of its voters: learn it, vote on it, and tell everyone, in this order. Where votes
 * go to all, everyone has them and nobody is told.
 */
export function takeFormed(turn: Turn, certificate: QuorumCertificate | undefined, from: MemberIndex): void {
  const { context } = turn.state;
  if (certificate === undefined) return;
  if (areVotesToAll(context)) return takeCertificate(turn, certificate, from);
  const { me } = context;
  if (me === undefined) return;
  const message = { kind: 'certificate', certificate } as const;
  if (certificate.kind === 'commit') {
    learn(turn, certificate, me);
    turn.emit({ kind: 'transmit', to: 'all', message });
    return;
  }
  takeCertificate(turn, certificate, me);
  say(turn, 'all', message);
}
