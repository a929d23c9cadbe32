import type { MemberIndex, View } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import type { LeaveCertificate } from '../leave-certificate.ts';
import { tellFailure } from './failure.ts';
import { enterView } from './pacemaker.ts';
import { showToAll } from './sending.ts';
import { newer, type Turn } from './state.ts';

/**
 * Learns from a verified certificate, of any sender and any view: highest prepare certificate, lock, decision, and
 * the view that it proves (RULES.md C.4). Everything here only ever rises.
 */
export function learn(turn: Turn, certificate: QuorumCertificate, from: MemberIndex): void {
  if (certificate.view <= turn.state.context.root.view) return; // The root teaches nothing.
  switch (certificate.kind) {
    case 'prepare':
      turn.update({ high: newer(turn.state.high, certificate) });
      enterLiveView(turn, certificate.view);
      return;
    case 'pre-commit':
      raiseLock(turn, certificate);
      enterLiveView(turn, certificate.view);
      return;
    case 'commit':
      decide(turn, certificate, from);
  }
}

/** Takes in a verified timeout certificate: its view is over for everyone. */
export function learnTimeout(turn: Turn, certificate: LeaveCertificate, from: MemberIndex): void {
  const known = turn.state.timeoutCertificate;
  turn.update({ timeoutCertificate: known === undefined ? certificate : newer(known, certificate) });
  if (certificate.high !== undefined) learn(turn, certificate.high, from);
  const { view, timedOut } = turn.state;
  if (certificate.view < view) return;
  if (timedOut?.view !== certificate.view) tellFailure(turn, certificate.view, 'certificate');
  enterView(turn, (certificate.view + 1n) as View, 'timeout');
}

/** A prepare or pre-commit certificate proves that honest members are in its view, which still runs. */
function enterLiveView(turn: Turn, view: View): void {
  if (view > turn.state.view) enterView(turn, view, 'proof');
}

function raiseLock(turn: Turn, certificate: QuorumCertificate): void {
  const { locked } = turn.state;
  turn.update({ locked: locked === undefined ? certificate : newer(locked, certificate) });
}

/** Two decisions never contradict, so the highest one stands for all below it. */
function decide(turn: Turn, certificate: QuorumCertificate, from: MemberIndex): void {
  raiseLock(turn, certificate);
  if (certificate.view <= turn.state.commit.view) return;
  // Whether transactions still wait is known once the block is stored: `work` follows each commit.
  turn.update({ commit: certificate, work: false });
  turn.emit({ kind: 'commit', certificate, from });
  if (certificate.view < turn.state.view) return;
  showWithoutOwnVote(turn, certificate);
  enterView(turn, (certificate.view + 1n) as View, 'commit');
}

/** Votes that are being signed are lost with the view. */
function showWithoutOwnVote(turn: Turn, certificate: QuorumCertificate): void {
  const { context, view, votes } = turn.state;
  const isSaid = certificate.view === view && context.me !== undefined && votes.commit.has(context.me);
  if (!isSaid) showToAll(turn, certificate);
}
