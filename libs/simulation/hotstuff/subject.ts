import { toView } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { HOTSTUFF_DESCRIPTION } from '#libs/protocol/hotstuff/description.ts';
import { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import { EARLY_VIEWS_MAX, STANDING_MAX } from '#libs/protocol/hotstuff/limits.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import type { HotStuffState, VoteTally } from '#libs/protocol/hotstuff/state.ts';
import { isPhase, viewPosition } from '#libs/protocol/hotstuff/statements.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { Load, Subject } from '../subject/subject.ts';
import { hotStuffActors } from './actors.ts';
import { hotStuffStepOf } from './step-of.ts';

export type HotStuffSubject = Subject<HotStuffState, HotStuffMessage, SafetyRecord>;

/** Basic HotStuff as the simulation sees it. */
export const hotStuffSubject: HotStuffSubject = {
  module: hotStuff,
  leaders: HOTSTUFF_DESCRIPTION.leaders,
  shape: HOTSTUFF_DESCRIPTION.shape,
  actors: hotStuffActors,
  marks: ({ view, high, locked, commit, timedOut, proposed, timeoutCertificate }) => ({
    view: viewPosition(view),
    high: viewPosition(high.view),
    locked: viewPosition(locked?.view ?? toView(0n)),
    commit: viewPosition(commit.view),
    timedOut: viewPosition(timedOut?.view ?? toView(0n)),
    proposed: viewPosition(proposed?.view ?? toView(0n)),
    timeoutCertificate: viewPosition(timeoutCertificate?.view ?? toView(0n)),
  }),
  remembers,
  supports,
  certificates: certificatesIn,
  stored: ({ high, locked, commit, timeoutCertificate }) => [
    high,
    commit,
    ...(locked === undefined ? [] : [locked]),
    ...(timeoutCertificate?.high === undefined ? [] : [timeoutCertificate.high]),
  ],
  load,
  rest: ({ early, timeouts, newViews }) => [
    { name: 'early proposals', size: early.size, max: 0 },
    { name: 'timeouts', size: timeouts.size, max: 0 },
    { name: 'reports', size: newViews.size, max: 0 },
  ],
  step: hotStuffStepOf,
  describe,
};

function remembers({ view, voted, timedOut, proposed }: SafetyRecord, statement: VoteStatement): boolean {
  const { kind, block, reports } = statement;
  switch (kind) {
    case 'proposal':
      return proposed?.view === statement.view && proposed.digest === block?.digest;
    case 'timeout':
      return timedOut?.view === statement.view && timedOut.high.digest === reports[0]?.digest;
    default:
      return isPhase(kind) && view === statement.view && voted[kind]?.digest === block?.digest;
  }
}

/** PRE-COMMIT rests on the prepare certificate of its view, COMMIT on a lock of it: both in the same record. */
function supports({ high, locked }: SafetyRecord, { kind, view }: VoteStatement): boolean {
  if (kind === 'pre-commit') return high.view >= view;
  if (kind === 'commit') return locked !== undefined && locked.view >= view;
  return true;
}

/** Messages that one view may repeat: votes, proposal and certificates of three phases, report, timeout. */
const OUTBOX_MAX = 12;

function load(state: HotStuffState): readonly Load[] {
  const { early, standing, newViews, timeouts, votes, nextVotes, outbox } = state;
  const members = state.context.set.members.length;
  return [
    { name: 'early proposals', size: early.size, max: Number(EARLY_VIEWS_MAX) },
    { name: 'block standings', size: standing.size, max: STANDING_MAX },
    { name: 'reports', size: newViews.size, max: members },
    { name: 'timeouts', size: timeouts.size, max: members },
    { name: 'votes', size: largest(votes), max: members },
    { name: 'votes of the next view', size: largest(nextVotes), max: members },
    { name: 'outgoing messages', size: outbox.length, max: OUTBOX_MAX },
  ];
}

function largest(tally: VoteTally): number {
  return Math.max(...Object.values(tally).map(({ size }) => size));
}

function certificatesIn(message: HotStuffMessage): readonly QuorumCertificate[] {
  switch (message.kind) {
    case 'proposal':
      return [message.justify];
    case 'certificate':
      return [message.certificate];
    case 'new-view':
    case 'timeout':
      return [message.high, message.commit];
    case 'vote':
      return [];
    case 'timeout-certificate':
      return message.timeoutCertificate.high === undefined ? [] : [message.timeoutCertificate.high];
  }
}

function describe(message: HotStuffMessage): string {
  switch (message.kind) {
    case 'proposal': {
      const { header, digest } = message.block;
      return `proposal ${header.view} ${shorten(digest)} height ${header.height} on ${message.justify.view}`;
    }
    case 'vote':
      return `vote ${message.phase} ${message.view} ${shorten(message.digest)}`;
    case 'certificate': {
      const { kind, view, digest } = message.certificate;
      return `certificate ${kind} ${view} ${shorten(digest)}`;
    }
    case 'new-view':
      return `new-view ${message.view} high ${message.high.view} commit ${message.commit.view}`;
    case 'timeout':
      return `timeout ${message.view} high ${message.high.view} commit ${message.commit.view}`;
    case 'timeout-certificate':
      return `timeout-certificate ${message.timeoutCertificate.view}`;
  }
}

function shorten(digest: string): string {
  return digest.slice(0, 8);
}
