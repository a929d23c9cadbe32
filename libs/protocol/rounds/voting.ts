import type { Block } from '#libs/chain/block.ts';
import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import { isSameStatement } from '../evidence.ts';
import type { Grounds } from '../grounds.ts';
import { keySignatureOf } from '../signed.ts';
import { STANDINGS_MAX } from './limits.ts';
import type { RoundsProposal } from './message.ts';
import { askSigned } from './sending.ts';
import { mayAct, type RoundStanding, type RoundsTurn } from './state.ts';
import { roundStatement } from './statements.ts';

/** Takes a verified proposal of this view, whose justification was learned already. */
export function takeProposal(turn: RoundsTurn, proposal: RoundsProposal, from: MemberIndex): void {
  const { at, state } = turn;
  const { block, view, height } = proposal;
  if (height !== at.height || view !== at.view || at.proposal !== undefined || at.decided !== undefined)
    return;
  turn.change({ proposal });
  keepBody(turn, block);
  if (!mayAct(state)) return;
  // An answer that did not come in the view that asked for it may never come: each later proposal of the block asks again.
  if ((at.standing.get(block.digest) ?? 'checking') === 'checking') {
    markStanding(turn, block.digest, 'checking');
    turn.emit({ kind: 'check', block, from });
  }
  voteFirst(turn);
}

/**
 * The first vote, for the proposal of this view once its block is valid: one in a view, none after a later kind. A leader votes for
 * its own while that is being signed. A vote of before a restart is asked for again now that its grounds are back.
 */
export function voteFirst(turn: RoundsTurn): void {
  const { state, at } = turn;
  const { table } = state.context;
  const proposal = at.proposal ?? at.draft;
  if (proposal === undefined || !mayAct(state)) return;
  const { block, height, view, leave } = proposal;
  if (at.standing.get(block.digest) !== 'valid') return;
  const statement = roundStatement(table.prepared, view, { height, digest: block.digest });
  const isMade = at.signed.some(({ kind }) => kind === table.prepared);
  const isPassed = at.signed.some(({ kind }) => kind === table.decides);
  const isRepeated = at.unasked.some((each) => isSameStatement(each, statement));
  if (isPassed || (isMade && !isRepeated)) return;
  turn.change({ unasked: [] });
  askSigned(turn, statement, groundsOf(proposal), leave);
}

/** An own draft carries no signature yet: the signer knows its own. */
function groundsOf(proposal: RoundsProposal): Grounds {
  const { header } = proposal.block;
  return proposal.signature.length === 0
    ? { header }
    : { header, proposalSignature: keySignatureOf(proposal) };
}

/** The deciding vote, on a certificate that was prepared in this very view. */
export function voteOnPrepared(turn: RoundsTurn): void {
  const { state, at } = turn;
  const { prepared, view, signed } = at;
  const { decides } = state.context.table;
  if (prepared?.view !== view || !mayAct(state) || signed.some(({ kind }) => kind === decides)) return;
  turn.change({ unasked: [] });
  askSigned(turn, roundStatement(decides, view, prepared), { certificate: prepared });
}

/** Remembers whether a block is valid, and forgets the oldest beyond the bound. */
export function markStanding(turn: RoundsTurn, digest: Digest, standing: RoundStanding): void {
  const marks = new Map(turn.at.standing);
  marks.delete(digest);
  marks.set(digest, standing);
  for (const oldest of marks.keys()) {
    if (marks.size <= STANDINGS_MAX) break;
    marks.delete(oldest);
  }
  turn.change({ standing: marks });
}

/** Keeps a block that this member may have to propose again. */
export function keepBody(turn: RoundsTurn, block: Block): void {
  turn.change({ bodies: new Map(turn.at.bodies).set(block.digest, block) });
}
