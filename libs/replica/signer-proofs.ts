import type { MemberIndex } from '#libs/chain/ids.ts';
import { type Claim, type QuorumCertificate, signersFault } from '#libs/protocol/certificate.ts';
import { isSameStatement } from '#libs/protocol/evidence.ts';
import type { PublicState } from '#libs/protocol/module.ts';
import { signedOf } from '#libs/protocol/signed.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import { comparePositions, type Position } from '#libs/protocol/vote/position.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { ProverPort, VerifierPort } from './ports.ts';

/** Verifies claims, and takes those as verified that it is told of. */
export interface TrustingVerifier {
  verify(
    claims: readonly Claim[],
    done: Parameters<VerifierPort['verify']>[1],
    from?: Parameters<VerifierPort['verify']>[2],
  ): void;
  trust(claim: Claim): void;
}

export interface SignerProofsOptions {
  readonly verifier: TrustingVerifier;
  /** This member's own signer. */
  readonly prover: ProverPort;
  readonly set: ValidatorSet;
  readonly table: VoteTable;
  /** The view that runs, and its leader. */
  readonly now: () => Pick<PublicState, 'position' | 'leader'>;
}

/**
 * Verifies as `verifier` does, except the certificate that the next vote of this member rests on: its signer verifies that one in any case
 * before it signs, and its word is taken for it. A signer that lies about it could sign the vote as well; a decision rests on no such word,
 * because no vote needs the certificate that decides. An answer that is not yes judges nothing: the claims are verified here then.
 *
 * A liar reaches the signer with the first certificate of each kind in the view that it leads, and with no other.
 */
export class SignerProofs implements TrustingVerifier {
  readonly #options: SignerProofsOptions;
  #view: Position | undefined;
  /** Kinds whose certificate the signer was asked about in this view. */
  #asked = new Set<string>();

  constructor(options: SignerProofsOptions) {
    this.#options = options;
  }

  trust(claim: Claim): void {
    this.#options.verifier.trust(claim);
  }

  verify(...[claims, done, from]: Parameters<TrustingVerifier['verify']>): void {
    const { verifier, prover } = this.#options;
    const certificate = certificateOf(claims);
    if (certificate === undefined || !this.#isForSigner(certificate, from))
      return verifier.verify(claims, done, from);
    prover.prove(certificate, (isProved) => {
      if (!isProved) return verifier.verify(claims, done, from);
      for (const claim of claims) verifier.trust(claim);
      done(true);
    });
  }

  #isForSigner(certificate: QuorumCertificate, from: MemberIndex | undefined): boolean {
    const { now, set, table } = this.#options;
    const { kind, signatures } = certificate;
    const { position, leader } = now();
    if (from !== leader || comparePositions(certificate, position) !== 0) return false;
    if (kind === table.decides || !Object.values(table.kinds).some(({ needs }) => needs === kind))
      return false;
    // A few votes for one block, as a member asks for that lacks them, are of one statement too.
    if (signersFault(signatures, { kind, set, table }) !== undefined) return false;
    return this.#isFirst(kind, position);
  }

  #isFirst(kind: string, position: Position): boolean {
    if (this.#view === undefined || comparePositions(this.#view, position) !== 0) {
      this.#view = position;
      this.#asked = new Set();
    }
    if (this.#asked.has(kind)) return false;
    this.#asked.add(kind);
    return true;
  }
}

/** The certificate that claims are of, when they are nothing else: several signatures under one statement about a block. */
function certificateOf(claims: readonly Claim[]): QuorumCertificate | undefined {
  const [first, ...others] = claims;
  if (first === undefined || others.length === 0) return undefined;
  const { kind, instance, view, block, reports } = first.statement;
  if (block === undefined || reports.length > 0) return undefined;
  if (!others.every(({ statement }) => isSameStatement(statement, first.statement))) return undefined;
  return { kind, instance, view, ...block, signatures: claims.map(signedOf) };
}
