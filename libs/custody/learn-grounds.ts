import {
  type Claim,
  certificateFault,
  claimsOf,
  type QuorumCertificate,
  type TimeoutCertificate,
  timeoutCertificateFault,
  timeoutClaimsOf,
} from '#libs/protocol/certificate.ts';
import type { BlockStatement } from '#libs/protocol/statement.ts';
import type { Custodian } from './custodian.ts';

/** A fact that is worth believing once its claims are verified. */
export interface Learnable {
  /** Signatures to verify; empty when it is known already. */
  readonly claims: readonly Claim[];
  /** Remembers the fact. Only after every claim was found true. */
  learn(): void;
}

/** The fact that a certificate would teach; undefined when its shape is wrong, which costs no verification. */
export function learnableCertificate(
  custodian: Custodian,
  certificate: QuorumCertificate,
): Learnable | undefined {
  const { context, facts } = custodian;
  if (certificateFault(certificate, context.set, context.root) !== undefined) return undefined;
  const { phase: kind, view, height, digest } = certificate;
  const isKnown =
    view <= context.root.view || facts.isCertified({ kind, instance: 0n, view, height, digest });
  return { claims: isKnown ? [] : claimsOf(certificate), learn: () => custodian.learn(certificate) };
}

/** The fact that a timeout certificate would teach; undefined when its shape is wrong. */
export function learnableTimeout(
  custodian: Custodian,
  certificate: TimeoutCertificate,
): Learnable | undefined {
  const { context, facts } = custodian;
  if (timeoutCertificateFault(certificate, context.set, context.root) !== undefined) return undefined;
  const isKnown = certificate.view <= facts.provenView;
  return {
    claims: isKnown ? [] : timeoutClaimsOf(certificate),
    learn: () => {
      if (!isKnown) custodian.learnTimeout(certificate);
    },
  };
}

/** The fact that the signature of a view's leader under its proposal would teach. */
export function learnableProposal(
  custodian: Custodian,
  { view, height, digest }: Omit<BlockStatement, 'kind'>,
  signature: Uint8Array,
): Learnable {
  const { context, facts } = custodian;
  const fact = { kind: context.table.proposal, instance: 0n, view, height, digest };
  const statement = { kind: 'proposal' as const, view, height, digest };
  const member = context.leader(view, 0n);
  const claims = facts.isProposed(fact) ? [] : [{ member, signature, statement }];
  return { claims, learn: () => facts.proposed(fact) };
}
