import type { MemberIndex } from '#libs/chain/ids.ts';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { bitmapOf } from '../certificate-name.ts';
import type { Progress } from '../module.ts';
import { comparePositions } from '../vote/position.ts';
import { votingKinds } from '../vote/voting-kinds.ts';
import type { RecoveryRequest, RoundsMessage } from './message.ts';
import type { RoundsState, RoundsTurn } from './state.ts';
import { leaveKind, roundPosition } from './statements.ts';
import { roundVotesOf } from './tallying.ts';

/** A member that has just come up may have missed all messages of this view, and may know what this one missed. */
export function greetMember(turn: RoundsTurn, member: MemberIndex): void {
  if (turn.state.tip === undefined) return;
  turn.emit({ kind: 'transmit', to: member, message: requestOf(turn.state) });
  for (const message of turn.at.outbox) turn.emit({ kind: 'transmit', to: member, message });
}

/** Gives a member that is behind the proof that it lacks, and asks one that is ahead for it. */
export function helpMember(turn: RoundsTurn, member: MemberIndex, { at: reported }: Progress): void {
  const { state } = turn;
  if (state.tip === undefined) return;
  if (comparePositions(reported, roundPosition(state.at)) > 0) return askAhead(turn, member);
  const proof = proofFor(state, reported);
  if (proof !== undefined) turn.emit({ kind: 'transmit', to: member, message: proof });
}

/** The newest decision for a member below this height; for one in an older view of it, the proof that it is over. */
function proofFor({ tip, at }: RoundsState, reported: Progress['at']): RoundsMessage | undefined {
  if (at.decided !== undefined) return { kind: 'certificate', certificate: at.decided };
  if (reported.instance < at.height) {
    const isSigned = tip !== undefined && tip.certificate.signatures.length > 0;
    return isSigned ? { kind: 'certificate', certificate: tip.certificate } : undefined;
  }
  if (at.entered !== undefined && at.entered.view >= reported.view)
    return { kind: 'left', leave: at.entered };
  const certificate = [at.wanted, at.prepared].find(
    (each) => each !== undefined && each.view > reported.view,
  );
  return certificate && { kind: 'certificate', certificate };
}

/** Asks once, until the next repetition, however often the other shows that it is ahead. */
function askAhead(turn: RoundsTurn, member: MemberIndex): void {
  const { asked } = turn.at;
  if (asked.has(member)) return;
  turn.change({ asked: new Set(asked).add(member) });
  turn.emit({ kind: 'transmit', to: member, message: requestOf(turn.state) });
}

/** A height opened that others were in before: a statement of theirs may have come too early to be kept, so they are asked at once. */
export function askThoseAhead(turn: RoundsTurn): void {
  const { asked, proposal, decided } = turn.at;
  if (proposal !== undefined || decided !== undefined) return;
  for (const member of asked) turn.emit({ kind: 'transmit', to: member, message: requestOf(turn.state) });
}

/** With each repetition the next f + 1 members in turn are asked: each comes up soon, one of them is honest, and few answers cross. */
export function askNextMembers(turn: RoundsTurn): void {
  const { context, at } = turn.state;
  const { me, set } = context;
  const others = set.members.length - 1;
  if (me === undefined || others === 0) return;
  const count = Math.floor(others / 3) + 1;
  for (let next = at.repeats * count; next < (at.repeats + 1) * count; next++) {
    const member = toMemberIndex((me + 1 + (next % others)) % (others + 1));
    turn.emit({ kind: 'transmit', to: member, message: requestOf(turn.state) });
  }
}

/** All that this member has of its view, so that others send only what it lacks. */
function requestOf(state: RoundsState): RecoveryRequest {
  const { at, context } = state;
  const { height, view, proposal, leaves } = at;
  const have = new Map(
    votingKinds(context.table).map((kind) => [kind, bitmapOf([...roundVotesOf(state, view, kind).keys()])]),
  ).set(leaveKind(context.table), bitmapOf([...leaves.keys()]));
  return { kind: 'request', height, view, hasProposal: proposal !== undefined, have };
}
