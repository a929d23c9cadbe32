import type { MemberIndex } from '#libs/chain/ids.ts';
import type { LeaveCertificate } from '../leave-certificate.ts';
import { signedOf } from '../signed.ts';
import { hasQuorum, weightOf } from '../validator-set.ts';
import type { FailureCause } from '../view-failure.ts';
import { tellFailed } from './failing.ts';
import { learnLeave, learnPrepared } from './learning.ts';
import type { RoundsLeave } from './message.ts';
import { askLeave } from './sending.ts';
import { mayAct, type RoundsState, type RoundsTurn } from './state.ts';
import { leaveKind, reportsOf } from './statements.ts';

/** Gives up this view, with the highest prepared certificate: recorded first, so that no vote of it follows, also not after a crash. */
export function leaveRound(turn: RoundsTurn, cause: FailureCause): void {
  if (!mayAct(turn.state)) return;
  tellFailed(turn, turn.at.view, cause);
  const { view, prepared } = turn.at;
  turn.change({ left: { view, prepared }, building: false, draft: undefined, unasked: [] });
  askLeave(turn);
}

/** Gives this view up where its proposal was judged invalid: nothing can be decided in it by this member. */
export function leaveRefused(turn: RoundsTurn): void {
  const { proposal, standing } = turn.at;
  if (proposal !== undefined && standing.get(proposal.block.digest) === 'invalid')
    leaveRound(turn, 'refused');
}

/** Takes a verified leave: its proofs first, which bring this member to its view, then the leave itself. */
export function takeLeave(turn: RoundsTurn, leave: RoundsLeave, from: MemberIndex): void {
  if (leave.entry !== undefined) learnLeave(turn, leave.entry, from);
  if (leave.prepared !== undefined) learnPrepared(turn, leave.prepared, from);
  const { at } = turn;
  if (leave.height !== at.height || leave.view !== at.view || at.leaves.has(leave.member)) return;
  turn.change({ leaves: new Map(at.leaves).set(leave.member, leave) });
  if (isJoined(turn.state)) leaveRound(turn, 'joined');
  const certificate = leaveCertificateOf(turn.state);
  if (certificate !== undefined) learnLeave(turn, certificate, from);
}

/** Whether more than f gave this view up: one of them is honest, so this member follows. */
function isJoined({ context: { set }, at }: RoundsState): boolean {
  return weightOf(set, at.leaves.keys()) >= set.quorum.oneHonestWeight;
}

/** The certificate that the leaves of this view add up to, or undefined while they are too few. */
function leaveCertificateOf({ context: { set, table }, at }: RoundsState): LeaveCertificate | undefined {
  const chosen: RoundsLeave[] = [];
  const isQuorum = () =>
    hasQuorum(
      set,
      chosen.map(({ member }) => member),
    );
  for (const leave of [...at.leaves.values()].sort((a, b) => a.member - b.member)) {
    if (!isQuorum()) chosen.push(leave);
  }
  if (!isQuorum()) return undefined;
  const high = chosen
    .map(({ prepared }) => prepared)
    .reduce((max, each) => (each !== undefined && (max === undefined || each.view > max.view) ? each : max));
  const shares = chosen.map((each) => ({ ...signedOf(each), reports: reportsOf(each.prepared) }));
  return { kind: leaveKind(table), instance: at.height, view: at.view, shares, high };
}
