import type { MissingSignature } from '../decided-height.ts';
import { type MissingSigner, msText, unknown } from './explanation.ts';
import type { HeardStatement } from './height-record.ts';
import { linkAbsence } from './link-absence.ts';
import { ownAbsence } from './own-absence.ts';

/**
 * Why a member of the epoch did not sign a height that was decided while this process ran: the first cause that something here shows, the
 * most direct evidence first, and never a guess.
 */
export function absenceOf(absent: MissingSigner): MissingSignature {
  const absence = absent.isOwn ? ownAbsence(absent) : otherAbsence(absent);
  if (absence.cause !== 'unknown' || !absent.isAccused) return absence;
  return { cause: 'faulty-evidence', evidence: ['evidence against it is stored here', ...absence.evidence] };
}

function otherAbsence(absent: MissingSigner): MissingSignature {
  return (
    voteAbsence(absent) ??
    lagAbsence(absent) ??
    whereNotCounted(absent, linkAbsence(absent)) ??
    untold(absent)
  );
}

/** Its vote was heard here. The connection proves who sent it; nobody verified the signature, which decides nothing any more. */
function voteAbsence({
  record,
  index,
  decided,
  decides,
  leaderName,
  ownName,
}: MissingSigner): MissingSignature | undefined {
  const vote = record.deciding[index];
  if (vote === undefined || !isForDecision(vote, decided)) return undefined;
  const of = `its ${decides} vote for this block and view ${decided.view}`;
  if (!decided.isLive)
    return {
      cause: 'not-counted',
      evidence: [`${of} came here, and this member took the decision over from others`],
    };
  const lateMs = vote.atMs - decided.atMs;
  if (lateMs > 0) {
    const line = `${of} came over its own connection ${msText(lateMs)} after the quorum was complete here`;
    return { cause: 'late-vote', evidence: [line], lateMs };
  }
  const who =
    decided.leader !== undefined && leaderName !== ownName ? `, or ${leaderName} put it together` : '';
  const line = `${of} came ${msText(-lateMs)} before the decision; its signature was still being verified when a quorum was complete${who}`;
  return { cause: 'not-counted', evidence: [line] };
}

function isForDecision({ view, digest }: HeardStatement, decided: MissingSigner['decided']): boolean {
  return view === decided.view && digest === decided.digest;
}

/** A member that votes on a block holds the blocks below it. */
function lagAbsence({ lag, decided }: MissingSigner): MissingSignature | undefined {
  if (lag === undefined) return undefined;
  const said = lag.by === 'asking' ? `asked for block ${lag.height + 1n}` : `reported height ${lag.height}`;
  const line = `${msText(lag.atMs - decided.atMs)} after the decision it still ${said}; this member was at ${lag.finalHeight}`;
  return { cause: 'behind', evidence: [line], reportedHeight: lag.height };
}

/** A view from here says less where the votes go to another member. */
function whereNotCounted(
  { decided, leaderName }: MissingSigner,
  absence: MissingSignature | undefined,
): MissingSignature | undefined {
  if (absence === undefined || decided.countsVotes) return absence;
  const line = `this is as seen from here: the votes of that view went to ${leaderName ?? 'its leader'}`;
  return { ...absence, evidence: [...absence.evidence, line] };
}

/** Nothing that was noted tells why: what was seen, and why there is no more. */
function untold(absent: MissingSigner): MissingSignature {
  const { decided, leaderName, newestReport, nowMs } = absent;
  const report =
    newestReport === undefined
      ? []
      : [`it reported height ${newestReport.height} ${msText(nowMs - newestReport.atMs)} ago`];
  if (!decided.isLive)
    return unknown(
      'this member learned the decision later, from others, and saw no vote of that view',
      ...report,
    );
  if (!decided.countsVotes) {
    const leader = leaderName ?? 'its leader';
    return unknown(
      `votes travel to the leader alone here: ask ${leader}, who counted those of that view`,
      ...report,
    );
  }
  return unknown(...silenceIn(absent), ...report);
}

/** The words of it that a member heard which counts the votes of the view. */
function silenceIn({ record, index, decided, decides }: MissingSigner): readonly string[] {
  const link = decided.links.get(index);
  const stands = link?.isConnected
    ? [`its connection stood when the decision came, since ${msText(decided.atMs - link.sinceMs)} before`]
    : [];
  const vote = record.deciding[index];
  const other =
    vote !== undefined
      ? [`its ${decides} vote that came was for another block or view: view ${vote.view}`]
      : [`no ${decides} vote of it for this height has come here`];
  const earlier = record.earlier[index];
  const before =
    earlier?.view === decided.view
      ? [
          `its vote of an earlier step came ${msText(Math.abs(decided.atMs - earlier.atMs))} ${earlier.atMs <= decided.atMs ? 'before' : 'after'} the decision`,
        ]
      : [];
  return [...stands, ...other, ...before];
}
