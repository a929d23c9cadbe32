import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Progress } from '../module.ts';
import type { HotStuffMessage } from './message.ts';
import { newViewOf } from './sending.ts';
import type { Turn } from './state.ts';

/** A member that has just come up may have missed all messages of this view. */
export function greet(turn: Turn, member: MemberIndex): void {
  turn.emit({ kind: 'transmit', to: member, message: newViewOf(turn.state) });
  for (const { to, message } of turn.state.outbox) {
    const isMeant = to === 'all' || to === member;
    if (isMeant && message.kind !== 'new-view') turn.emit({ kind: 'transmit', to: member, message });
  }
}

/**
 * Gives a member the proofs that it lacks (RULES.md A.38): the newest decision of any view, because a member that
 * entered its view by timeouts may wait there for an earlier decision; and the end of its view.
 */
export function help(
  turn: Turn,
  member: MemberIndex,
  { at: { view }, decided: { view: decided } }: Progress,
): void {
  const { commit, timeoutCertificate, high, locked } = turn.state;
  const tell = (message: HotStuffMessage) => turn.emit({ kind: 'transmit', to: member, message });
  if (commit.view > decided) tell({ kind: 'certificate', certificate: commit });
  const gaveUp = timeoutCertificate !== undefined && timeoutCertificate.view >= view;
  if (gaveUp && timeoutCertificate.view > commit.view) {
    tell({ kind: 'timeout-certificate', timeoutCertificate });
  } else if (commit.view < view) {
    const newest = locked !== undefined && locked.view > high.view ? locked : high;
    if (newest.view > view) tell({ kind: 'certificate', certificate: newest });
  }
}
