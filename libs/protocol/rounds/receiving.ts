import { assert } from '#libs/assert/assert.ts';
import type { Block } from '#libs/chain/block.ts';
import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import { isSameStatement } from '../evidence.ts';
import type { KeySignature } from '../signed.ts';
import type { VoteStatement } from '../vote/statement.ts';
import { kindRowOf } from '../vote/vote-table.ts';
import { admitSigned } from './admission.ts';
import { isEarly, keepEarly, releaseEarly } from './early.ts';
import { adoptPrepared, learnCertificate, learnLeave } from './learning.ts';
import { takeLeave } from './leaving.ts';
import { authorOf, type RoundsMessage, type RoundsStatement } from './message.ts';
import { answerRequest } from './recovering.ts';
import { sayToAll } from './sending.ts';
import type { RoundsTurn } from './state.ts';
import { statementIn } from './statements.ts';
import { countVote } from './tallying.ts';
import { keepBody, markStanding, takeProposal, voteFirst, voteOnCertified } from './voting.ts';

/** Handles a message whose signatures are all verified. */
export function takeRoundsMessage(turn: RoundsTurn, from: MemberIndex, message: RoundsMessage): void {
  switch (message.kind) {
    case 'proposal':
    case 'vote':
    case 'leave':
      if (isEarly(turn.state, message)) return keepEarly(turn, message);
      return takeStatement(turn, from, message);
    case 'certificate':
      return learnCertificate(turn, message.certificate, from);
    case 'left':
      return learnLeave(turn, message.leave, from);
    case 'request':
      return answerRequest(turn, from, message);
    case 'recovery':
      for (const each of message.statements) takeIfAdmitted(turn, from, each);
  }
}

/** Takes the statements of the height that has just opened: each is judged again, now that its leader is known. */
export function takeReleased(turn: RoundsTurn): void {
  for (const message of releaseEarly(turn)) takeIfAdmitted(turn, authorOf(message), message);
}

function takeIfAdmitted(turn: RoundsTurn, from: MemberIndex, message: RoundsStatement): void {
  if (admitSigned(turn.state, message).ok) takeRoundsMessage(turn, from, message);
}

/** A statement of the open height: first its proofs, then what it says. */
function takeStatement(turn: RoundsTurn, from: MemberIndex, message: RoundsStatement): void {
  switch (message.kind) {
    case 'proposal':
      if (message.leave !== undefined) learnLeave(turn, message.leave, from);
      return takeProposal(turn, message, from);
    case 'vote': {
      const formed = countVote(turn, message);
      return formed && learnCertificate(turn, formed, from);
    }
    case 'leave':
      return takeLeave(turn, message, from);
  }
}

/** An own statement came back signed: to all, and into the own count. One of a view that was left since is of no use. */
export function takeSigned(turn: RoundsTurn, statement: VoteStatement, signed: KeySignature): void {
  if (isPassedVote(turn, statement)) return sayLate(turn, statement, signed);
  const message = messageOf(turn, statement, signed);
  if (message === undefined || isSaid(turn, statement)) return;
  sayToAll(turn, message);
  takeStatement(turn, message.member, message);
}

/** A deciding vote of a height that others decided meanwhile: it may be the very one that somebody lacks. */
function isPassedVote({ at, state }: RoundsTurn, { kind, instance }: VoteStatement): boolean {
  const isPassed = instance < at.height || (instance === at.height && at.decided !== undefined);
  return isPassed && kind === state.context.table.decides;
}

function sayLate(turn: RoundsTurn, { kind, view, block }: VoteStatement, signed: KeySignature): void {
  const { me } = turn.state.context;
  assert(block !== undefined, `a ${kind} is about a block`);
  if (me === undefined) return;
  const message = { kind: 'vote', step: kind, view, ...block, member: me, ...signed } as const;
  turn.emit({ kind: 'transmit', to: 'all', message });
}

/** Whether it was said in this view already: a signature that was asked for twice comes back twice. */
function isSaid({ at, state }: RoundsTurn, statement: VoteStatement): boolean {
  return at.outbox.some((each) => isSameStatement(statementIn(state.context.table, each), statement));
}

function messageOf(
  { state, at }: RoundsTurn,
  { kind, instance, view, block }: VoteStatement,
  signed: KeySignature,
): RoundsStatement | undefined {
  const { me, table } = state.context;
  const { height, draft, left, entered } = at;
  if (me === undefined || instance !== height || view !== at.view || at.decided !== undefined)
    return undefined;
  const own = { height, view, member: me, ...signed };
  if (kind === table.proposal) {
    const isDraft = draft !== undefined && draft.block.digest === block?.digest;
    return isDraft ? { ...draft, ...signed } : undefined;
  }
  if (kindRowOf(table, kind)?.leaves === undefined) {
    assert(block !== undefined, `a ${kind} is about a block`);
    return { kind: 'vote', step: kind, digest: block.digest, ...own };
  }
  return left?.view === view ? { kind: 'leave', prepared: left.prepared, entry: entered, ...own } : undefined;
}

/** A block was judged: cast the votes that waited for it. `block`: the block itself, where whoever holds it hands it on. */
export function blockOfRoundJudged(
  turn: RoundsTurn,
  digest: Digest,
  { ok, block }: { readonly ok: boolean; readonly block?: Block },
): void {
  const { standing, entered } = turn.at;
  const isDemanded = entered?.high?.digest === digest;
  // An answer about a block of a height that is over.
  if (!standing.has(digest) && !isDemanded) return;
  markStanding(turn, digest, ok ? 'valid' : 'invalid');
  if (!ok) return;
  if (block !== undefined && isDemanded) {
    keepBody(turn, block);
    turn.change({ building: false });
  }
  adoptPrepared(turn);
  voteFirst(turn);
  voteOnCertified(turn);
}
