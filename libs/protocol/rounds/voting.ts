import type { Block } from '#libs/chain/block.ts';
import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import { isSameStatement } from '../evidence.ts';
import type { Grounds } from '../grounds.ts';
import type { LeaveCertificate } from '../leave-certificate.ts';
import { keySignatureOf } from '../signed.ts';
import { kindAfter } from '../vote/kind-after.ts';
import type { VoteStatement } from '../vote/statement.ts';
import type { VoteTable } from '../vote/vote-table.ts';
import { votingKinds } from '../vote/voting-kinds.ts';
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
  castVote(turn, statement, groundsOf(proposal), leave);
}

/** One vote of a kind in a view, and none after a later kind. */
function castVote(
  turn: RoundsTurn,
  statement: VoteStatement,
  grounds: Grounds,
  entry?: LeaveCertificate | undefined,
): void {
  const { at, state } = turn;
  const { kinds } = state.context.table;
  const step = stepOf(kinds, statement.kind);
  const isMade = at.signed.some(({ kind }) => kind === statement.kind);
  const isPassed = at.signed.some(({ kind }) => stepOf(kinds, kind) > step);
  const isRepeated = at.unasked.some((each) => isSameStatement(each, statement));
  if (isPassed || (isMade && !isRepeated)) return;
  turn.change({ unasked: [] });
  askSigned(turn, statement, grounds, entry);
}

function stepOf(kinds: VoteTable['kinds'], kind: string): number {
  return kinds[kind]?.step ?? 0;
}

/** An own draft carries no signature yet: the signer knows its own. */
function groundsOf(proposal: RoundsProposal): Grounds {
  const { header } = proposal.block;
  return proposal.signature.length === 0
    ? { header }
    : { header, proposalSignature: keySignatureOf(proposal) };
}

/** The votes that rest on certificates of this very view, in the order of its steps: on the prepared one, and on those after it. */
export function voteOnCertified(turn: RoundsTurn): void {
  const { prepared, certified, standing } = turn.at;
  const { table } = turn.state.context;
  if (prepared !== undefined) voteOn(turn, prepared);
  for (const kind of votingKinds(table)) {
    const certificate = certified.get(kind);
    // The block of a certificate in between may be missing here, where the prepared one was never seen.
    if (certificate !== undefined && standing.get(certificate.digest) === 'valid') voteOn(turn, certificate);
  }
}

function voteOn(turn: RoundsTurn, certificate: QuorumCertificate): void {
  const { state, at } = turn;
  const kind = kindAfter(state.context.table, certificate.kind);
  if (kind === undefined || certificate.view !== at.view || !mayAct(state)) return;
  castVote(turn, roundStatement(kind, at.view, certificate), { certificate });
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
