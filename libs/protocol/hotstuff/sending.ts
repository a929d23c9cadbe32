import type { MemberIndex } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import type { Grounds } from '../grounds.ts';
import type { VoteStatement } from '../vote/statement.ts';
import { areVotesToAll } from '../vote-path.ts';
import type { HotStuffMessage, NewView } from './message.ts';
import { type HotStuffState, recordOf, type Turn } from './state.ts';
import { timeoutStatement } from './statements.ts';

/** Sends a message now, and again with each resend until the view ends. */
export function say(turn: Turn, to: MemberIndex | 'all', message: HotStuffMessage): void {
  turn.emit({ kind: 'transmit', to, message });
  sayLater(turn, to, message);
}

/**
 * Shows a certificate of a phase in which this member says no vote of its own. Where votes go to all, who forms a certificate tells
 * nobody, for all get the votes of the honest. A member that skips a phase, because a liar gave a vote or the certificate to it alone, leaves
 * the others without the one vote that they lack (RULES.md C.8.7).
 */
export function showToAll(turn: Turn, certificate: QuorumCertificate): void {
  const { context } = turn.state;
  if (context.me === undefined || !areVotesToAll(context)) return;
  turn.emit({ kind: 'transmit', to: 'all', message: { kind: 'certificate', certificate } });
}

/** Sends a message with the resends only: worth it when the view does not move on by itself. */
export function sayLater(turn: Turn, to: MemberIndex | 'all', message: HotStuffMessage): void {
  turn.update({ outbox: [...turn.state.outbox, { to, message }] });
}

/** Records the state as it now is, then has the statement signed for the reason given. */
export function askSignature(turn: Turn, statement: VoteStatement, grounds: Grounds): void {
  const { commit, timeoutCertificate } = turn.state;
  const entry = { commit, timeoutCertificate };
  turn.emit({ kind: 'sign', record: recordOf(turn.state), statement, grounds: { ...grounds, entry } });
}

/**
 * Has the signer sign that the current view was given up, with the very report that was recorded. The signer gives one
 * signature for a slot, so to ask again is safe.
 */
export function askTimeout(turn: Turn): void {
  const { timedOut, view } = turn.state;
  if (timedOut?.view !== view) return;
  const { high } = timedOut;
  const statement = timeoutStatement(view, high);
  askSignature(turn, statement, { certificate: high });
}

/**
 * A message of the outbox as it is to be sent now: reports carry the knowledge of now, the rest is repeated as
 * it was.
 */
export function renewed(state: HotStuffState, message: HotStuffMessage): HotStuffMessage {
  if (message.kind === 'new-view') return newViewOf(state);
  if (message.kind !== 'timeout') return message;
  const { commit, timeoutCertificate } = newViewOf(state);
  return { ...message, commit, timeoutCertificate };
}

/** The knowledge of this member: its report to a leader, and its greeting to a member that comes back. */
export function newViewOf({ view, high, commit, timeoutCertificate }: HotStuffState): NewView {
  const entryProof = timeoutCertificate !== undefined && timeoutCertificate.view > commit.view;
  return {
    kind: 'new-view',
    view,
    high,
    commit,
    timeoutCertificate: entryProof ? timeoutCertificate : undefined,
  };
}
