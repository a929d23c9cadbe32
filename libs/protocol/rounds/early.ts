import { headerDigest } from '#libs/chain/block.ts';
import { toHeight } from '#libs/chain/ids.ts';
import { certificateFault } from '../certificate.ts';
import { leaveCertificateFault } from '../leave-certificate.ts';
import type { Admission, Fault } from '../module.ts';
import { isVotingKind, votingKinds } from '../vote/voting-kinds.ts';
import { EARLY_HEIGHT_VIEWS_MAX } from './limits.ts';
import type { RoundsProposal, RoundsStatement } from './message.ts';
import { byRoundFault, refusal } from './refusing.ts';
import type { RoundsState, RoundsTurn } from './state.ts';
import { roundPosition } from './statements.ts';

/**
 * Judges a statement of the next height, which faster members are in: one of each member, kind and view is kept. Without it each block of
 * a fast peer would cost a slow one the time of a repetition. Its leader follows from a block that is not final here yet, so proposals, which
 * are large, are kept of those alone who lead upon a block that may become it.
 */
export function admitEarly(state: RoundsState, message: RoundsStatement): Admission {
  if (message.view > EARLY_HEIGHT_VIEWS_MAX) return refusal('far-future', { behind: roundPosition(message) });
  if (message.kind === 'vote' && !isVotingKind(state.context.table, message.step))
    return refusal('malformed');
  if (state.early.has(earlyName(message))) return refusal('duplicate');
  if (message.kind === 'proposal' && !mayLeadNext(state, message))
    return refusal('far-future', { behind: roundPosition(message) });
  return byRoundFault(earlyFault(state, message));
}

/** Whether the author leads the next height upon one of the blocks that were proposed for this one. */
function mayLeadNext({ context, at }: RoundsState, { member, view, height }: RoundsProposal): boolean {
  const { table, set } = context;
  const leaderOf = table.leaders?.(set.members.length);
  if (leaderOf === undefined) return context.leader(view) === member;
  return [...at.bodies.values()].some(({ header }) => leaderOf(view, height, header) === member);
}

function earlyFault({ context }: RoundsState, message: RoundsStatement): Fault | undefined {
  const { set, root, table } = context;
  switch (message.kind) {
    case 'vote':
      return undefined;
    case 'proposal': {
      const { block, leave, height } = message;
      if (headerDigest(block.header) !== block.digest) return 'digest of another header';
      if (block.header.epoch !== set.epoch) return 'block of another epoch';
      if (block.header.height !== height) return 'block that does not extend its justification';
      return leave && leaveCertificateFault(leave, set, root, table);
    }
    case 'leave': {
      const { prepared, entry } = message;
      const fault = prepared && certificateFault(prepared, set, root, table);
      return fault ?? (entry && leaveCertificateFault(entry, set, root, table));
    }
  }
}

/** Keeps a verified statement of the next height. */
export function keepEarly(turn: RoundsTurn, message: RoundsStatement): void {
  const { early } = turn.state;
  turn.update({ early: new Map(early).set(earlyName(message), message) });
}

/** The statements kept for the height that has just opened, in the order in which they came; none is kept any longer. */
export function releaseEarly(turn: RoundsTurn): readonly RoundsStatement[] {
  const { early, at } = turn.state;
  turn.update({ early: new Map() });
  return [...early.values()].filter(({ height }) => height === at.height);
}

/** Statements of the next height that may be kept. */
export function earlyMax({ context: { set, table } }: RoundsState): number {
  const kinds = votingKinds(table).length + 2;
  return set.members.length * kinds * Number(EARLY_HEIGHT_VIEWS_MAX + 1n);
}

/** Whether a message is of the height after the open one. */
export function isEarly({ at }: RoundsState, message: RoundsStatement): boolean {
  return message.height === toHeight(at.height + 1n);
}

function earlyName(message: RoundsStatement): string {
  const { member, view, kind } = message;
  return `${member} ${kind === 'vote' ? message.step : kind} ${view}`;
}
