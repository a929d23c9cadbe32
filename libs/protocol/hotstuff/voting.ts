import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import type { Grounds } from '../grounds.ts';
import { keySignatureOf } from '../signed.ts';
import type { BlockRef } from '../vote/statement.ts';
import { EARLY_VIEWS_MAX, STANDING_MAX } from './limits.ts';
import { type Proposal, proposalMember, proposalView } from './message.ts';
import { askSignature, showToAll } from './sending.ts';
import { repeatsDecided } from './spent-view.ts';
import { type BlockStanding, type HotStuffState, hasGivenUp, type Turn } from './state.ts';
import { blockStatement, type Phase } from './statements.ts';

/** The phase that a certificate opens. */
const NEXT_PHASE = { prepare: 'pre-commit', 'pre-commit': 'commit' } as const;

const PHASE_ORDER: Readonly<Record<Phase, number>> = { prepare: 0, 'pre-commit': 1, commit: 2 };

/** Takes a verified proposal whose justification was learned already: now, later, or never. */
export function receiveProposal(turn: Turn, proposal: Proposal, from: MemberIndex): void {
  const view = proposalView(proposal);
  const { state } = turn;
  if (view > state.view) {
    keepForLater(turn, proposal);
    return;
  }
  if (view < state.view || state.proposal !== undefined || hasGivenUp(state)) return;
  turn.update({ proposal });
  if (!isSafe(state, proposal) || repeatsDecided(state, proposal)) return;
  voteAgain(turn, proposal);
  const standing = state.standing.get(proposal.block.digest) ?? 'checking';
  if (standing === 'checking') {
    markBlock(turn, proposal.block.digest, 'checking');
    turn.emit({ kind: 'check', block: proposal.block, from });
  }
  voteForProposal(turn);
}

function keepForLater(turn: Turn, proposal: Proposal): void {
  const view = proposalView(proposal);
  const { early, view: current } = turn.state;
  if (view > current + EARLY_VIEWS_MAX || early.has(view)) return;
  turn.update({ early: new Map(early).set(view, proposal) });
}

/** Takes up the proposal that came before its view did. */
export function takeEarlyProposal(turn: Turn): void {
  const { state } = turn;
  const proposal = state.early.get(state.view);
  if (proposal === undefined || state.proposal !== undefined) return;
  const rest = new Map(state.early);
  rest.delete(state.view);
  turn.update({ early: rest });
  receiveProposal(turn, proposal, proposalMember(proposal));
}

/**
 * safeNode (HS-16): the block extends the lock, or its justification is newer than the lock. A block that
 * extends the lock through others has a justification newer than the lock, so no ancestry is needed.
 */
export function isSafe({ locked }: Pick<HotStuffState, 'locked'>, { justify }: Proposal): boolean {
  return locked === undefined || justify.view > locked.view || justify.digest === locked.digest;
}

/**
 * Votes PREPARE for the proposal of this view once its block is judged valid. A leader votes for its own while that
 * is being signed: the two signatures are made side by side.
 */
export function voteForProposal(turn: Turn): void {
  const { draft, standing } = turn.state;
  const proposal = turn.state.proposal ?? draft;
  if (proposal === undefined || standing.get(proposal.block.digest) !== 'valid') return;
  if (!isSafe(turn.state, proposal) || repeatsDecided(turn.state, proposal)) return;
  const { height } = proposal.block.header;
  vote(turn, 'prepare', { height, digest: proposal.block.digest }, groundsOf(proposal));
}

/** An own draft carries no signature yet: the signer knows its own. */
function groundsOf(proposal: Proposal): Grounds {
  const own = { header: proposal.block.header, certificate: proposal.justify };
  return proposal.signature.length === 0 ? own : { ...own, proposalSignature: keySignatureOf(proposal) };
}

/**
 * Votes on a certificate of this view: PRE-COMMIT on a prepare certificate, COMMIT on a pre-commit one, whose
 * lock was taken before. Needs the block, but not an own PREPARE vote (RULES.md A.11).
 */
export function voteOnCertificate(turn: Turn, certificate: QuorumCertificate, from: MemberIndex): void {
  const { kind, view, height, digest } = certificate;
  const { state } = turn;
  if ((kind !== 'prepare' && kind !== 'pre-commit') || view !== state.view) return;
  if (state.certificates[kind] === undefined && state.voted[kind] === undefined) showToAll(turn, certificate);
  // Also done after giving up: a phase with a certificate takes no more votes and no second certificate.
  turn.update({ certificates: { ...state.certificates, [kind]: certificate } });
  if (hasGivenUp(state)) return;
  const standing = state.standing.get(digest);
  if (standing === undefined) {
    markBlock(turn, digest, 'checking');
    turn.emit({ kind: 'fetch', certificate, from });
  }
  if (standing === 'valid') vote(turn, NEXT_PHASE[kind], { height, digest }, { certificate });
}

/** A block was judged: cast the votes that waited for it. */
export function blockJudged(turn: Turn, digest: Digest, ok: boolean): void {
  markBlock(turn, digest, ok ? 'valid' : 'invalid');
  if (!ok) return;
  voteForProposal(turn);
  const { me, leader } = turn.state.context;
  for (const phase of ['prepare', 'pre-commit'] as const) {
    const certificate = turn.state.certificates[phase];
    if (certificate?.digest === digest) voteOnCertificate(turn, certificate, me ?? leader(certificate.view));
  }
}

/** Remembers whether a block is valid, and forgets the oldest beyond the bound. */
export function markBlock(turn: Turn, digest: Digest, standing: BlockStanding): void {
  const marks = new Map(turn.state.standing);
  marks.delete(digest);
  marks.set(digest, standing);
  for (const oldest of marks.keys()) {
    if (marks.size <= STANDING_MAX) break;
    marks.delete(oldest);
  }
  turn.update({ standing: marks });
}

/** One vote per view and phase, phases only forward, none after giving up (RULES.md A.6, A.7, A.12). */
function vote(turn: Turn, phase: Phase, block: BlockRef, grounds: Grounds): void {
  const { state } = turn;
  const passed = (Object.keys(state.voted) as Phase[]).some(
    (each) => PHASE_ORDER[each] >= PHASE_ORDER[phase],
  );
  if (state.context.me === undefined || passed || hasGivenUp(state)) return;
  turn.update({ voted: { ...state.voted, [phase]: block } });
  askSignature(turn, blockStatement(phase, state.view, block), grounds);
}

/**
 * Asks again for the signatures that were recorded before a restart: the signer repeats them (RULES.md A.30). Of a
 * PREPARE vote the grounds are gone: if the signer never saw it, it is cast when the proposal comes again.
 */
export function repeatVotes(turn: Turn): void {
  const { voted, view, high, locked } = turn.state;
  const repeat = (phase: Phase, grounds: Grounds): void => {
    const block = voted[phase];
    if (block !== undefined) askSignature(turn, blockStatement(phase, view, block), grounds);
  };
  repeat('prepare', {});
  repeat('pre-commit', { certificate: high });
  repeat('commit', locked === undefined ? {} : { certificate: locked });
}

/** The proposal of a vote that was recorded before a restart came again: now the vote has its grounds. */
function voteAgain(turn: Turn, proposal: Proposal): void {
  const { voted, view } = turn.state;
  const isLast = voted['pre-commit'] === undefined && voted.commit === undefined;
  if (voted.prepare?.digest !== proposal.block.digest || !isLast) return;
  askSignature(turn, blockStatement('prepare', view, voted.prepare), groundsOf(proposal));
}
