import { type Claim, claimsOf } from '../certificate.ts';
import { type LeaveCertificate, leaveClaimsOf } from '../leave-certificate.ts';
import { keySignatureOf, signedOf } from '../signed.ts';
import {
  type HotStuffMessage,
  type Proposal,
  proposalMember,
  proposalView,
  type Timeout,
  type Vote,
} from './message.ts';
import { blockStatement, timeoutStatement } from './statements.ts';

/** Every signature in a message with its statement, those of the certificates inside included. */
export function hotStuffClaims(message: HotStuffMessage): readonly Claim[] {
  switch (message.kind) {
    case 'proposal':
      return [proposalClaim(message), ...claimsOf(message.justify), ...optional(message.timeoutCertificate)];
    case 'vote':
      return [voteClaim(message)];
    case 'certificate':
      return claimsOf(message.certificate);
    case 'new-view':
      return [
        ...claimsOf(message.high),
        ...claimsOf(message.commit),
        ...optional(message.timeoutCertificate),
      ];
    case 'timeout':
      return [
        timeoutClaim(message),
        ...claimsOf(message.high),
        ...claimsOf(message.commit),
        ...optional(message.timeoutCertificate),
      ];
    case 'timeout-certificate':
      return leaveClaimsOf(message.timeoutCertificate);
  }
}

/** The sender's own signature in a message, or undefined: certificates hold those of others. */
export function ownClaim(message: HotStuffMessage): Claim | undefined {
  switch (message.kind) {
    case 'proposal':
      return proposalClaim(message);
    case 'vote':
      return voteClaim(message);
    case 'timeout':
      return timeoutClaim(message);
    case 'certificate':
    case 'new-view':
    case 'timeout-certificate':
      return undefined;
  }
}

function proposalClaim(proposal: Proposal): Claim {
  const { header, digest } = proposal.block;
  const view = proposalView(proposal);
  const statement = blockStatement('proposal', view, { height: header.height, digest });
  return { member: proposalMember(proposal), ...keySignatureOf(proposal), statement };
}

function voteClaim(vote: Vote): Claim {
  const { phase, view, height, digest } = vote;
  return { ...signedOf(vote), statement: blockStatement(phase, view, { height, digest }) };
}

function timeoutClaim(timeout: Timeout): Claim {
  return { ...signedOf(timeout), statement: timeoutStatement(timeout.view, timeout.high) };
}

function optional(certificate: LeaveCertificate | undefined): readonly Claim[] {
  return certificate === undefined ? [] : leaveClaimsOf(certificate);
}
