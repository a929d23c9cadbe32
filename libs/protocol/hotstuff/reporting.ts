import type { View } from '#libs/chain/ids.ts';
import { areVotesToAll } from '../vote-path.ts';
import { newViewOf, say, sayLater } from './sending.ts';
import { type HotStuffState, leads, type Turn } from './state.ts';

/**
 * Reports the knowledge of this member to the leader. After a commit the leader nearly always knows it already and
 * proposes at once, so the report waits for the first resend. A leader that lacks something asks, by sending its own
 * report to all.
 */
export function report(turn: Turn): void {
  const { state } = turn;
  const message = newViewOf(state);
  if (!leads(state)) {
    const leader = state.context.leader(state.view);
    if (state.entry === 'commit') sayLater(turn, leader, message);
    else say(turn, leader, message);
    return;
  }
  if (!knowsAll(state)) say(turn, 'all', message);
  else askNextLeader(turn);
}

/**
 * Where votes go to all, the leader may be the one that misses votes for its own block, and has no leader to ask. With the resend it
 * asks the next one, which knows the decision if anyone does (RULES.md C.8.5).
 */
function askNextLeader(turn: Turn): void {
  const { context, view } = turn.state;
  const next = context.leader((view + 1n) as View);
  if (areVotesToAll(context) && next !== context.me) sayLater(turn, next, newViewOf(turn.state));
}

/**
 * Whether nothing higher than the leader's own certificate can exist, so that the leader need not hear a quorum
 * first.
 */
export function knowsAll({ view, high, commit, timeoutCertificate }: HotStuffState): boolean {
  const decidedBefore = high.view === view - 1n && commit.view === view - 1n;
  return decidedBefore || timeoutCertificate?.view === view - 1n;
}
