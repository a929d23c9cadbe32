import { toHeight, toView } from '#libs/chain/ids.ts';
import type {
  HeldStatements,
  RecoveryAnswer as WireAnswer,
  RecoveryRequest as WireRequest,
  RoundsStatement as WireStatement,
} from '#libs/proto/btcfed/peer/v1/peer.ts';
import { membersIn } from '#libs/protocol/certificate-name.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import type { RecoveryAnswer, RecoveryRequest, RoundsStatement } from '#libs/protocol/rounds/message.ts';
import { isKindName } from '#libs/protocol/vote/kind-name.ts';
import type { WireLimits } from '#libs/wire/limits.ts';
import type { MessageReading } from '#libs/wire/message-reading.ts';
import { demand, present } from '#libs/wire/refusal.ts';
import {
  proposalFromWire,
  proposalToWire,
  roundsLeaveFromWire,
  roundsLeaveToWire,
  voteFromWire,
  voteToWire,
} from './rounds-statements.ts';

/** Kinds that a request may name: no protocol has more kinds of votes. */
const KINDS_MAX = 8;

export function requestToWire({ height, view, hasProposal, have }: RecoveryRequest): WireRequest {
  const held = [...have].map(([kind, members]) => ({ kind, members }));
  return { height, view, hasProposal, held };
}

/** @throws WireRefusal */
export function requestFromWire(wire: WireRequest, limits: WireLimits): RecoveryRequest {
  demand(wire.held.length <= KINDS_MAX, 'too many kinds');
  const have = new Map<string, Uint8Array>();
  for (const { kind, members } of wire.held) {
    demand(isKindName(kind), 'kind is no name');
    demand(!have.has(kind), 'a kind stands twice');
    have.set(kind, membersFromWire(members, limits));
  }
  const place = { height: toHeight(wire.height), view: toView(wire.view) };
  return { kind: 'request', ...place, hasProposal: wire.hasProposal, have };
}

/** A copy: a view of the message would keep all of it in memory. @throws WireRefusal */
function membersFromWire(members: HeldStatements['members'], limits: WireLimits): Uint8Array {
  demand(membersIn(members, limits.membersMax) !== undefined, 'members are not written in their one way');
  return Uint8Array.from(members);
}

export function answerToWire({ height, view, statements }: RecoveryAnswer, form: MessageForm): WireAnswer {
  return { height, view, statements: statements.map((each) => statementToWire(each, form)) };
}

/** @throws WireRefusal */
export function answerFromWire(wire: WireAnswer, reading: MessageReading): RecoveryAnswer {
  // One of each member and kind, and the proposal.
  demand(wire.statements.length <= reading.limits.membersMax * KINDS_MAX + 1, 'too many statements');
  const leaves = wire.statements.filter(({ statement }) => statement?.$case === 'leave').length;
  demand(leaves <= reading.limits.membersMax, 'more leaves than members');
  return {
    kind: 'recovery',
    ...{ height: toHeight(wire.height), view: toView(wire.view) },
    statements: wire.statements.map((each) => statementFromWire(each, reading)),
  };
}

function statementToWire(statement: RoundsStatement, form: MessageForm): WireStatement {
  switch (statement.kind) {
    case 'proposal':
      return { statement: { $case: 'proposal', value: proposalToWire(statement, form) } };
    case 'vote':
      return { statement: { $case: 'vote', value: voteToWire(statement) } };
    case 'leave':
      return { statement: { $case: 'leave', value: roundsLeaveToWire(statement, form) } };
  }
}

/** @throws WireRefusal */
function statementFromWire({ statement }: WireStatement, reading: MessageReading): RoundsStatement {
  const given = present(statement, 'statement');
  switch (given.$case) {
    case 'proposal':
      return proposalFromWire(given.value, reading);
    case 'vote':
      return voteFromWire(given.value, reading.limits);
    case 'leave':
      return roundsLeaveFromWire(given.value, reading);
  }
}
