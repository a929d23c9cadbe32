import type { MemberIndex } from '#libs/chain/ids.ts';
import { membersIn } from '../certificate-name.ts';
import { votingKinds } from '../vote/voting-kinds.ts';
import { RECOVERED_BYTES_MAX } from './limits.ts';
import type { RecoveryRequest, RoundsStatement } from './message.ts';
import type { RoundsState, RoundsTurn } from './state.ts';
import { leaveKind } from './statements.ts';
import { roundVotesOf } from './tallying.ts';

/**
 * Answers a member of the same view with the signed statements that it lacks: once until the next repetition, so that asking costs a
 * member no more than it gives. The proposal goes by itself: where it names transactions that the other lacks too, votes do not wait for them.
 */
export function answerRequest(turn: RoundsTurn, from: MemberIndex, request: RecoveryRequest): void {
  const { at, state } = turn;
  const statements = fitting(lackedBy(state, request).filter(({ member }) => member !== from));
  if (statements.length === 0) return;
  turn.change({ answered: new Set(at.answered).add(from) });
  const isProposal = ({ kind }: RoundsStatement) => kind === 'proposal';
  answer(
    turn,
    from,
    statements.filter((each) => !isProposal(each)),
  );
  answer(turn, from, statements.filter(isProposal));
}

function answer(turn: RoundsTurn, to: MemberIndex, statements: readonly RoundsStatement[]): void {
  const { height, view } = turn.at;
  if (statements.length > 0)
    turn.emit({ kind: 'transmit', to, message: { kind: 'recovery', height, view, statements } });
}

function lackedBy(state: RoundsState, { have, hasProposal }: RecoveryRequest): readonly RoundsStatement[] {
  const { at, context } = state;
  const { members } = context.set;
  const lacks = (kind: string) => {
    const held = new Set(membersIn(have.get(kind) ?? new Uint8Array(), members.length));
    return ({ member }: RoundsStatement) => !held.has(member);
  };
  const votes = votingKinds(context.table).flatMap((kind) =>
    [...roundVotesOf(state, at.view, kind).values()].filter(lacks(kind)),
  );
  const leaves = [...at.leaves.values()].filter(lacks(leaveKind(context.table)));
  const proposal = hasProposal || at.proposal === undefined ? [] : [at.proposal];
  return [...proposal, ...votes, ...leaves];
}

/** The first of these statements, as many as one answer may have bytes. */
function fitting(statements: readonly RoundsStatement[]): readonly RoundsStatement[] {
  let bytes = 0;
  return statements.filter(({ signature }) => {
    bytes += signature.length;
    return bytes <= RECOVERED_BYTES_MAX;
  });
}

/** Statements that an answer may have: one of each member and kind, and the proposal. */
export function recoveredMax({ context: { set, table } }: RoundsState): number {
  return set.members.length * (votingKinds(table).length + 1) + 1;
}
