import type { MemberIndex, View } from '#libs/chain/ids.ts';
import { toView } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import type { LeaveCertificate } from '../leave-certificate.ts';
import type { EntryCause } from '../module.ts';
import { tellFailed } from './failing.ts';
import { roundLeader } from './leaders.ts';
import { persistRound } from './sending.ts';
import type { RoundsTurn } from './state.ts';
import { roundPosition } from './statements.ts';
import { votesFrom } from './tallying.ts';
import { stopRoundTimers } from './timing.ts';
import { markStanding, voteFirst, voteOnCertified } from './voting.ts';

/** Learns from a verified certificate, formed here or shown by any member. */
export function learnCertificate(turn: RoundsTurn, certificate: QuorumCertificate, from: MemberIndex): void {
  const { table } = turn.state.context;
  if (certificate.kind === table.decides) return learnDecision(turn, certificate, from);
  if (certificate.kind === table.prepared) return learnPrepared(turn, certificate, from);
  learnStep(turn, certificate, from);
}

/**
 * A quorum cast its votes of a step between the first and the deciding one: the next step rests on it, once the block is held and valid
 * here. Nothing of it is carried into another view: more than f honest members of that quorum report what it rests on.
 */
function learnStep(turn: RoundsTurn, certificate: QuorumCertificate, from: MemberIndex): void {
  const { kind, view, height, digest } = certificate;
  const { at } = turn;
  if (height !== at.height || view < at.view || at.decided !== undefined) return;
  if (view > at.view) enterRound(turn, view, { cause: 'proof', entered: undefined });
  if (turn.at.certified.has(kind)) return;
  turn.change({ certified: new Map(turn.at.certified).set(kind, certificate) });
  showUnvoted(turn, certificate);
  if (turn.at.standing.get(digest) === 'valid') return voteOnCertified(turn);
  seekBlock(turn, certificate, from);
}

/** Asks for a certified block, unless the proposal of this view has it judged. An answer that an earlier view waits for may never come. */
function seekBlock(turn: RoundsTurn, certificate: QuorumCertificate, from: MemberIndex): void {
  const { standing, proposal } = turn.at;
  const isChecked = standing.get(certificate.digest) === 'checking';
  if (isChecked && proposal?.block.digest === certificate.digest) return;
  markStanding(turn, certificate.digest, 'checking');
  turn.emit({ kind: 'fetch', certificate, from });
}

/**
 * A quorum cast its first votes of one view for one block: it is prepared, once the block is held and valid here, and whether or not
 * its proposal was ever seen. So a member that lost one message does not lose the round. Its voters are in that view: it is entered.
 */
export function learnPrepared(turn: RoundsTurn, certificate: QuorumCertificate, from: MemberIndex): void {
  const { at } = turn;
  const known = [at.prepared, at.wanted].some((each) => each !== undefined && each.view >= certificate.view);
  if (known || certificate.height !== at.height || at.decided !== undefined) return;
  turn.change({ wanted: certificate });
  if (certificate.view > at.view) enterRound(turn, certificate.view, { cause: 'proof', entered: undefined });
  if (turn.at.standing.get(certificate.digest) === 'valid') return adoptPrepared(turn);
  seekBlock(turn, certificate, from);
}

/** The block of the wanted certificate is held and valid: now it is what this member reports, and votes on. */
export function adoptPrepared(turn: RoundsTurn): void {
  const { wanted, standing } = turn.at;
  if (wanted === undefined || standing.get(wanted.digest) !== 'valid') return;
  turn.change({ prepared: wanted, wanted: undefined });
  if (wanted.view === turn.at.view) {
    // The first vote comes before those upon it, also where the votes of others were quicker: somebody may lack it.
    voteFirst(turn);
    showUnvoted(turn, wanted);
  }
  voteOnCertified(turn);
}

/** A quorum gave a view up: it is over for everyone, and the next one begins with their reports. */
export function learnLeave(turn: RoundsTurn, certificate: LeaveCertificate, from: MemberIndex): void {
  if (certificate.instance !== turn.at.height) return;
  if (certificate.high !== undefined) learnPrepared(turn, certificate.high, from);
  if (certificate.view < turn.at.view) return;
  const isTold = turn.at.left?.view === certificate.view;
  // Members may have left a view that a quorum decided in.
  if (!isTold && turn.at.decided === undefined) tellFailed(turn, certificate.view, 'certificate');
  enterRound(turn, toView(certificate.view + 1n), { cause: 'leave', entered: certificate });
}

/** A quorum decided: of this height, or of a later one, whose block has this height's among its ancestors. */
function learnDecision(turn: RoundsTurn, certificate: QuorumCertificate, from: MemberIndex): void {
  const { height, decided } = turn.at;
  if (certificate.height < height || (decided !== undefined && decided.height >= certificate.height)) return;
  turn.change({ decided: certificate, draft: undefined, building: false });
  // Whether transactions still wait is known once the block is stored: `work` follows each commit.
  turn.update({ work: false });
  persistRound(turn);
  turn.emit({ kind: 'commit', certificate, from });
  if (certificate.height === height) showUnvoted(turn, certificate);
}

/**
 * Shows a certificate to all, by reference, where this member says no vote of its kind in that view. Certificates are sent to nobody, for all get the
 * votes of the honest; but a liar may have given its vote to this member alone, and then the others have one too few without the own one.
 */
function showUnvoted(turn: RoundsTurn, certificate: QuorumCertificate): void {
  const { at, state } = turn;
  const { kind, view } = certificate;
  const isVoted = at.signed.some((each) => each.kind === kind && each.view === view);
  if (state.context.me === undefined || isVoted) return;
  turn.emit({ kind: 'transmit', to: 'all', message: { kind: 'certificate', certificate } });
}

/** The way by which a view is entered. */
interface Entry {
  readonly cause: EntryCause;
  readonly entered: LeaveCertificate | undefined;
}

/**
 * Enters a view, which must be proved and higher. Votes that decide nothing any more, proposal and leaves are forgotten; the
 * prepared block never is.
 */
function enterRound(turn: RoundsTurn, view: View, { cause, entered }: Entry): void {
  const { state } = turn;
  const { at } = state;
  stopRoundTimers(turn);
  turn.change({
    view,
    entered,
    ...{ signed: [], unasked: [], proposal: undefined, draft: undefined, building: false },
    certified: new Map(),
    bodies: new Map([...at.bodies].filter(([digest]) => isNeeded(turn, digest))),
    votes: votesFrom(state, view),
    leaves: new Map(),
    ...{ outbox: [], repeats: 0, asked: new Set<MemberIndex>(), answered: new Set<MemberIndex>() },
  });
  if (cause === 'leave') turn.update({ leftViews: state.leftViews + 1n });
  persistRound(turn);
  const leader = roundLeader(turn.state, view);
  turn.emit({ kind: 'entered', position: roundPosition(turn.at), leader, cause });
}

function isNeeded({ at: { prepared, wanted } }: RoundsTurn, digest: string): boolean {
  return prepared?.digest === digest || wanted?.digest === digest;
}
