import type { MemberIndex } from '#libs/chain/ids.ts';
import { certificateFault, type QuorumCertificate } from '../certificate.ts';
import { membersIn } from '../certificate-name.ts';
import { type LeaveCertificate, leaveCertificateFault } from '../leave-certificate.ts';
import type { Admission } from '../module.ts';
import { kindAfter } from '../vote/kind-after.ts';
import { comparePositions } from '../vote/position.ts';
import { votingKinds } from '../vote/voting-kinds.ts';
import { admitEarly } from './early.ts';
import type { RecoveryAnswer, RecoveryRequest, RoundsMessage, RoundsStatement } from './message.ts';
import { recoveredMax } from './recovering.ts';
import { ADMITTED, byRoundFault, refusal } from './refusing.ts';
import type { RoundsState } from './state.ts';
import { admitStatement } from './statement-admission.ts';
import { leaveKind, roundPosition } from './statements.ts';

/**
 * Cheap checks before any signature is looked at, dearest last: sender, height, view, duplicate, shape. A message that could change
 * nothing is refused here, so a vote too many never costs a verification.
 */
export function admitRounds(state: RoundsState, from: MemberIndex, message: RoundsMessage): Admission {
  if (state.tip === undefined) return refusal('far-future');
  switch (message.kind) {
    case 'proposal':
    case 'vote':
    case 'leave':
      return message.member === from ? admitSigned(state, message) : refusal('wrong-sender');
    case 'certificate':
      return admitCertificate(state, message.certificate);
    case 'left':
      return admitLeft(state, message.leave);
    case 'request':
      return admitRequest(state, from, message);
    case 'recovery':
      return admitRecovery(state, message);
  }
}

/** A statement of its author, whoever brought it. */
export function admitSigned(state: RoundsState, message: RoundsStatement): Admission {
  const { height } = state.at;
  const position = roundPosition(message);
  if (message.height < height)
    return refusal('stale', { behind: isLate(state, message) ? position : undefined });
  if (message.height === height) return admitStatement(state, message);
  if (message.height > height + 1n) return refusal('far-future', { behind: position });
  return admitEarly(state, message);
}

/**
 * Whether the sender of a statement of a past height must be helped. Votes for the newest final block come late in every height, for a
 * quorum needs no more of them: those who miss it themselves ask, and leave.
 */
function isLate({ at }: RoundsState, { height, kind }: RoundsStatement): boolean {
  return height + 1n < at.height || kind === 'leave';
}

/** A decision of this height or any later one; a prepared certificate of this height that is news. */
function admitCertificate(state: RoundsState, certificate: QuorumCertificate): Admission {
  const { at, context } = state;
  const { table, set, root } = context;
  const { kind, height, view } = certificate;
  const isDecision = kind === table.decides;
  if (!isDecision && kindAfter(table, kind) === undefined)
    return refusal('invalid', { fault: 'certificate of another phase' });
  if (height < at.height) return refusal('stale');
  if (!isDecision && height > at.height) return refusal('far-future');
  const known = isDecision ? at.decided?.height : undefined;
  if (known !== undefined && known >= height) return refusal('duplicate');
  if (!isDecision && isKnownStep(state, certificate)) return refusal(view < at.view ? 'stale' : 'duplicate');
  return byRoundFault(certificateFault(certificate, set, root, table));
}

/** Whether a certificate of this height that decides nothing says nothing new. */
function isKnownStep({ at, context: { table } }: RoundsState, { kind, view }: QuorumCertificate): boolean {
  if (at.decided !== undefined) return true;
  if (kind !== table.prepared) return view < at.view || (view === at.view && at.certified.has(kind));
  return [at.prepared, at.wanted].some((each) => each !== undefined && each.view >= view);
}

function admitLeft({ at, context }: RoundsState, leave: LeaveCertificate): Admission {
  if (leave.instance < at.height || (leave.instance === at.height && leave.view < at.view))
    return refusal('stale');
  if (leave.instance > at.height) return refusal('far-future');
  return byRoundFault(leaveCertificateFault(leave, context.set, context.root, context.table));
}

function admitRequest(state: RoundsState, from: MemberIndex, request: RecoveryRequest): Admission {
  const { at, context } = state;
  const position = roundPosition(request);
  const order = comparePositions(position, roundPosition(at));
  if (order < 0) return refusal('stale', { behind: position });
  if (order > 0) return refusal('far-future', { behind: position });
  if (at.decided !== undefined) return refusal('stale', { behind: position });
  if (at.answered.has(from)) return refusal('duplicate');
  const kinds = new Set([...votingKinds(context.table), leaveKind(context.table)]);
  const members = context.set.members.length;
  const isSound = [...request.have].every(
    ([kind, bits]) => kinds.has(kind) && membersIn(bits, members) !== undefined,
  );
  return isSound ? ADMITTED : refusal('malformed');
}

/** Worth its verification as soon as one statement in it is. */
function admitRecovery(state: RoundsState, answer: RecoveryAnswer): Admission {
  const { statements } = answer;
  if (statements.length > recoveredMax(state)) return refusal('oversized');
  const position = roundPosition(answer);
  if (statements.some((each) => comparePositions(roundPosition(each), position) !== 0))
    return refusal('malformed');
  const order = comparePositions(position, roundPosition(state.at));
  if (order !== 0) return refusal(order < 0 ? 'stale' : 'far-future');
  return statements.some((each) => admitSigned(state, each).ok) ? ADMITTED : refusal('duplicate');
}
