import { toView } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { isSameStatement } from '#libs/protocol/evidence.ts';
import type { ProtocolDescription } from '#libs/protocol/hosting/description.ts';
import type { LeaveCertificate } from '#libs/protocol/leave-certificate.ts';
import { earlyMax } from '#libs/protocol/rounds/early.ts';
import { DECIDING_VIEWS_BACK, STANDINGS_MAX, VIEWS_AHEAD_MAX } from '#libs/protocol/rounds/limits.ts';
import type { RoundsMessage } from '#libs/protocol/rounds/message.ts';
import type { RoundsRecord } from '#libs/protocol/rounds/record.ts';
import type { RoundsState } from '#libs/protocol/rounds/state.ts';
import { roundPosition } from '#libs/protocol/rounds/statements.ts';
import { kindAfter } from '#libs/protocol/vote/kind-after.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { Step } from '../network/network.ts';
import type { ActorFactory } from '../subject/actor.ts';
import type { Load, Subject } from '../subject/subject.ts';

export type RoundsSubject = Subject<RoundsState, RoundsMessage, RoundsRecord>;
type RoundsDescription = ProtocolDescription<RoundsState, RoundsMessage, RoundsRecord>;

/** Blocks that a member keeps to propose them again: of its proposal, of its prepared and of its wanted certificate, and one that was fetched. */
const BODIES_MAX = 4;

/** A protocol of locked rounds as the simulation sees it. */
export function roundsSubject(
  { module, leaders, shape }: Pick<RoundsDescription, 'module' | 'leaders' | 'shape'>,
  actors: ReadonlyMap<string, ActorFactory<RoundsMessage>>,
): RoundsSubject {
  const resting = kindAfter(module.votes, module.votes.prepared);
  return {
    ...{ module, leaders, shape, actors },
    marks: (record) => ({
      at: roundPosition(record),
      prepared: { instance: record.height, view: record.prepared?.view ?? toView(0n) },
      left: { instance: record.height, view: record.left?.view ?? toView(0n) },
    }),
    remembers: (record, statement) =>
      record.height === statement.instance && record.signed.some((each) => isSameStatement(each, statement)),
    supports: (record, { kind, view, block }: VoteStatement) =>
      kind !== resting || (record.prepared?.view === view && record.prepared.digest === block?.digest),
    certificates: certificatesIn,
    stored: ({ prepared, decided, entered, left }) =>
      [prepared, decided, entered?.high, left?.prepared].filter((each) => each !== undefined),
    load,
    rest: ({ early }) => [{ name: 'early statements', size: early.size, max: 0 }],
    step: stepOf,
    describe: describeRound,
  };
}

function certificatesIn(message: RoundsMessage): readonly QuorumCertificate[] {
  const highOf = (leave: LeaveCertificate | undefined) => (leave?.high === undefined ? [] : [leave.high]);
  switch (message.kind) {
    case 'proposal':
      return highOf(message.leave);
    case 'leave':
      return [...(message.prepared === undefined ? [] : [message.prepared]), ...highOf(message.entry)];
    case 'certificate':
      return [message.certificate];
    case 'left':
      return highOf(message.leave);
    case 'recovery':
      return message.statements.flatMap(certificatesIn);
    case 'vote':
    case 'request':
      return [];
  }
}

function load(state: RoundsState): readonly Load[] {
  const { at, early, context } = state;
  const members = context.set.members.length;
  const kinds = Object.keys(context.table.kinds).length;
  const tallies = Number(VIEWS_AHEAD_MAX + DECIDING_VIEWS_BACK + 1n) * kinds;
  return [
    { name: 'early statements', size: early.size, max: earlyMax(state) },
    { name: 'block standings', size: at.standing.size, max: STANDINGS_MAX },
    { name: 'blocks to propose again', size: at.bodies.size, max: BODIES_MAX },
    { name: 'tallies', size: at.votes.size, max: tallies },
    { name: 'votes', size: Math.max(0, ...[...at.votes.values()].map(({ size }) => size)), max: members },
    { name: 'leaves', size: at.leaves.size, max: members },
    { name: 'statements of a view', size: at.signed.length, max: kinds },
    { name: 'outgoing messages', size: at.outbox.length, max: kinds },
    { name: 'members asked and answered', size: at.asked.size + at.answered.size, max: 2 * members },
  ];
}

/** The step of a view that a message belongs to: a vote is the step of its kind. */
function stepOf(message: RoundsMessage): Step {
  switch (message.kind) {
    case 'proposal':
    case 'leave':
      return { ...roundPosition(message), phase: message.kind };
    case 'vote':
      return { ...roundPosition(message), phase: message.step };
    case 'certificate': {
      const { instance, view } = message.certificate;
      return { instance, view, phase: 'recovery' };
    }
    case 'left': {
      const { instance, view } = message.leave;
      return { instance, view, phase: 'recovery' };
    }
    case 'request':
    case 'recovery':
      return { ...roundPosition(message), phase: 'recovery' };
  }
}

function describeRound(message: RoundsMessage): string {
  switch (message.kind) {
    case 'proposal':
      return `proposal ${message.height}/${message.view} ${shortened(message.block.digest)} after ${message.leave?.high?.view}`;
    case 'vote':
      return `vote ${message.step} ${message.height}/${message.view} ${shortened(message.digest)}`;
    case 'leave':
      return `leave ${message.height}/${message.view} prepared ${message.prepared?.view}`;
    case 'certificate': {
      const { kind, height, view, digest } = message.certificate;
      return `certificate ${kind} ${height}/${view} ${shortened(digest)}`;
    }
    case 'left':
      return `left ${message.leave.instance}/${message.leave.view}`;
    case 'request':
      return `request ${message.height}/${message.view}`;
    case 'recovery':
      return `recovery ${message.height}/${message.view} of ${message.statements.length}`;
  }
}

function shortened(digest: string): string {
  return digest.slice(0, 8);
}
