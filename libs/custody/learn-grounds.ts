import { type BlockHeader, headerDigest } from '#libs/chain/block.ts';
import {
  type Claim,
  certificateFault,
  claimsOf,
  type QuorumCertificate,
} from '#libs/protocol/certificate.ts';
import {
  type LeaveCertificate,
  leaveCertificateFault,
  leaveClaimsOf,
} from '#libs/protocol/leave-certificate.ts';
import { type KeySignature, keySignatureOf } from '#libs/protocol/signed.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { BlockRef } from '#libs/protocol/vote/statement.ts';
import type { Custodian } from './custodian.ts';
import { leaderIn } from './judge.ts';

/** A fact that is worth believing once its claims are verified. */
export interface Learnable {
  /** Signatures to verify; empty when it is known already. */
  readonly claims: readonly Claim[];
  /** Remembers the fact. Only after every claim was found true. */
  learn(): void;
}

/** A decided block, by its header and the certificate that decides it. */
export interface DecidedBlock {
  readonly certificate: QuorumCertificate;
  readonly header: BlockHeader;
}

/** The fact that a certificate would teach; undefined when its shape is wrong, which costs no verification. */
export function learnableCertificate(
  custodian: Custodian,
  certificate: QuorumCertificate,
): Learnable | undefined {
  const { context, facts } = custodian;
  if (certificateFault(certificate, context.set, context.root, context.table) !== undefined) return undefined;
  const { kind, instance, view, height, digest, signatures } = certificate;
  // One without signatures is that of the root: no other of that shape is without fault.
  const isKnown = signatures.length === 0 || facts.isCertified({ kind, instance, view, height, digest });
  return { claims: isKnown ? [] : claimsOf(certificate), learn: () => custodian.learn(certificate) };
}

/** The same with every signature to verify, known fact or not: its asker takes the answer for this very certificate. */
export function learnableWhole(custodian: Custodian, certificate: QuorumCertificate): Learnable | undefined {
  const learnable = learnableCertificate(custodian, certificate);
  return learnable && { ...learnable, claims: claimsOf(certificate) };
}

/** The fact that a leave certificate would teach: its view is proved, and the next begins with its reports. */
export function learnableLeave(custodian: Custodian, certificate: LeaveCertificate): Learnable | undefined {
  const { context } = custodian;
  if (leaveCertificateFault(certificate, context.set, context.root, context.table) !== undefined)
    return undefined;
  const isKnown = custodian.knowsLeave(certificate);
  return {
    claims: isKnown ? [] : leaveClaimsOf(certificate),
    learn: () => {
      if (!isKnown) custodian.learnLeave(certificate);
    },
  };
}

/** The fact that a decided block would teach: the next height stands on it, and is open. */
export function learnableOpening(
  custodian: Custodian,
  { certificate, header }: DecidedBlock,
): Learnable | undefined {
  const { context, facts } = custodian;
  const isOfHeader =
    certificate.kind === context.table.decides &&
    certificate.height === header.height &&
    certificate.digest === headerDigest(header);
  const learnable = isOfHeader ? learnableCertificate(custodian, certificate) : undefined;
  return (
    learnable && {
      claims: learnable.claims,
      learn: () => {
        learnable.learn();
        facts.opened(header);
      },
    }
  );
}

/** The fact that the signature of a view's leader under its proposal would teach; undefined while nobody can tell the leader. */
export function learnableProposal(
  custodian: Custodian,
  { instance, view }: Position,
  block: BlockRef,
  signed: KeySignature,
): Learnable | undefined {
  const { context, facts } = custodian;
  const kind = context.table.proposal;
  const fact = { kind, instance, view, ...block };
  const statement = { kind, instance, view, block, reports: [] };
  const member = leaderIn(context, facts, { instance, view });
  if (member === undefined) return undefined;
  const claims = facts.isProposed(fact) ? [] : [{ member, ...keySignatureOf(signed), statement }];
  return { claims, learn: () => facts.proposed(fact) };
}
