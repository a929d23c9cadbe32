import { type Claim, claimsOf } from '../certificate.ts';
import { type LeaveCertificate, leaveClaimsOf } from '../leave-certificate.ts';
import { signedOf } from '../signed.ts';
import type { VoteTable } from '../vote/vote-table.ts';
import { isStatement, type RoundsMessage, type RoundsStatement } from './message.ts';
import { statementIn } from './statements.ts';

/** Every signature in a message with its statement, those of the certificates inside included. A request has none: the channel proves it. */
export function roundsClaims(table: VoteTable, message: RoundsMessage): readonly Claim[] {
  switch (message.kind) {
    case 'proposal':
    case 'vote':
    case 'leave':
      return [ownRoundsClaim(table, message), ...proofsIn(message)];
    case 'certificate':
      return claimsOf(message.certificate);
    case 'left':
      return leaveClaimsOf(message.leave);
    case 'request':
      return [];
    case 'recovery':
      return message.statements.flatMap((each) => roundsClaims(table, each));
  }
}

/** The signature of the member that made the statement. */
function ownRoundsClaim(table: VoteTable, message: RoundsStatement): Claim {
  return { ...signedOf(message), statement: statementIn(table, message) };
}

/** The sender's own signature in a message, or undefined: certificates, and statements that are passed on, hold those of others. */
export function senderClaim(table: VoteTable, message: RoundsMessage): Claim | undefined {
  return isStatement(message) ? ownRoundsClaim(table, message) : undefined;
}

function proofsIn(message: RoundsStatement): readonly Claim[] {
  switch (message.kind) {
    case 'proposal':
      return optionalClaims(message.leave);
    case 'vote':
      return [];
    case 'leave': {
      const { prepared, entry } = message;
      return [...(prepared === undefined ? [] : claimsOf(prepared)), ...optionalClaims(entry)];
    }
  }
}

function optionalClaims(leave: LeaveCertificate | undefined): readonly Claim[] {
  return leave === undefined ? [] : leaveClaimsOf(leave);
}
