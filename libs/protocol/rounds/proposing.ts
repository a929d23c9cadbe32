import type { Block } from '#libs/chain/block.ts';
import type { BlockDraft } from '#libs/chain/block-draft.ts';
import type { QuorumCertificate } from '../certificate.ts';
import type { FinalBlock } from '../module.ts';
import type { Position } from '../vote/position.ts';
import { leadsRound, roundLeader } from './leaders.ts';
import type { RoundsProposal } from './message.ts';
import { askSigned } from './sending.ts';
import { mayAct, type RoundsState, type RoundsTurn } from './state.ts';
import { roundPosition, roundStatement } from './statements.ts';
import { keepBody, markStanding, voteFirst } from './voting.ts';

/**
 * Has the leader propose: the block of the highest report in the proof of the view before, byte for byte, or a new one where none
 * was reported and there is something to decide.
 */
export function tryRound(turn: RoundsTurn): void {
  const { state, at } = turn;
  const { tip } = state;
  if (tip === undefined || !mayPropose(state)) return;
  const high = at.entered?.high;
  if (high !== undefined) return proposeAgain(turn, high);
  if (!state.work) return;
  turn.change({ building: true });
  turn.emit({ kind: 'build', position: roundPosition(at), draft: draftUpon(state, tip) });
}

/** One proposal in a view, also over a restart, and in a later view only with the proof of the one before. */
function mayPropose(state: RoundsState): boolean {
  const { at, context } = state;
  if (!mayAct(state) || !leadsRound(state)) return false;
  const isMade = at.signed.some(({ kind }) => kind === context.table.proposal);
  if (isMade || at.building || at.draft !== undefined || at.proposal !== undefined) return false;
  return at.view === context.table.firstView || at.entered?.view === at.view - 1n;
}

function draftUpon(state: RoundsState, { digest }: FinalBlock): BlockDraft {
  const { height, view } = state.at;
  const proposer = roundLeader(state, view);
  return { mode: 'full', timestampMs: undefined, proposer, height, parent: digest };
}

/** Proposes the reported block, once this member has it: more than f honest members do, for they voted for it. */
function proposeAgain(turn: RoundsTurn, high: QuorumCertificate): void {
  const { bodies, standing } = turn.at;
  const block = bodies.get(high.digest);
  if (block !== undefined && standing.get(high.digest) === 'valid') return proposeRound(turn, block);
  turn.change({ building: true });
  const [voter] = high.signatures;
  const from = voter?.member ?? roundLeader(turn.state, high.view);
  turn.emit({ kind: 'fetch', certificate: high, from });
}

/** The new block that was asked for is there. */
export function takeBuilt(turn: RoundsTurn, position: Position, block: Block): void {
  const { at, state } = turn;
  if (position.instance !== at.height || position.view !== at.view || !at.building || !mayAct(state)) return;
  // The parent itself comes back where nothing may extend it: the epoch is over, and the rest of it silent.
  if (block.header.height !== at.height || block.header.parent !== state.tip?.digest) return;
  proposeRound(turn, block);
}

/** Has the proposal signed, and the own vote for it. */
export function proposeRound(turn: RoundsTurn, block: Block): void {
  const { state, at } = turn;
  const { height, view, entered } = at;
  const member = roundLeader(state, view);
  const leave = view === state.context.table.firstView ? undefined : entered;
  const draft: RoundsProposal = {
    kind: 'proposal',
    ...{ height, view, member, block, leave, signature: new Uint8Array() },
  };
  turn.change({ building: false, draft });
  keepBody(turn, block);
  markStanding(turn, block.digest, 'valid');
  const { proposal } = state.context.table;
  askSigned(turn, roundStatement(proposal, view, { height, digest: block.digest }), { header: block.header });
  voteFirst(turn);
}
