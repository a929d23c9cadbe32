import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { type Evidence, evidenceOf } from '#libs/protocol/evidence.ts';
import { EvidenceCollector } from '#libs/protocol/evidence-collector.ts';
import type { HostedProtocol, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { VerifierPort } from '#libs/replica/ports.ts';
import type { ClaimVerifier, ClockPort } from '../ports/engine-ports.ts';
import { SecondBudget } from '../timing/second-budget.ts';
import { SUSPICIONS_PER_SECOND_MAX } from './evidence-limits.ts';

export interface EvidenceWatchOptions {
  readonly protocol: Pick<HostedProtocol, 'module' | 'votes'>;
  readonly epoch: Epoch;
  readonly verifier: ClaimVerifier;
  readonly clock: ClockPort;
  /** Called once for each slot of a liar, with both signatures verified. */
  readonly onEvidence: (evidence: Evidence) => void;
}

/**
 * Sees the statements of members and finds members that contradict themselves. It listens beside the replica
 * and decides nothing for it: a second vote that the replica refuses unread is looked at here alone.
 */
export class EvidenceWatch {
  readonly #options: EvidenceWatchOptions;
  readonly #collector: EvidenceCollector;
  readonly #budget: SecondBudget;

  constructor(options: EvidenceWatchOptions) {
    this.#options = options;
    this.#collector = new EvidenceCollector(options.protocol.votes);
    this.#budget = new SecondBudget(options.clock, SUSPICIONS_PER_SECOND_MAX);
  }

  /** This member entered a view. */
  advance(position: Position): void {
    this.#collector.advance(position);
  }

  /**
   * The verifier for the replica, which also remembers all verified statements here, those in certificates included.
   */
  listening(): VerifierPort {
    const { verifier } = this.#options;
    return {
      verify: (claims, done, from) => {
        const verified: typeof done = (ok, cause, falseClaim) => {
          if (ok) for (const claim of claims) this.#take(claim, true);
          done(ok, cause, falseClaim);
        };
        verifier.verify(claims, verified, from);
      },
    };
  }

  /** A message as it came in. Costs no signature unless its sender contradicts itself in it. */
  heard(from: MemberIndex, message: ProtocolMessage): void {
    const claim = this.#options.protocol.module.ownClaim(message);
    if (claim?.member === from) this.#take(claim, false);
  }

  #take(claim: Claim, isVerified: boolean): void {
    const found = this.#collector.take(claim, isVerified);
    if (found === undefined) return;
    if (found.unverified.length > 0) return this.#examine(found.unverified);
    const { epoch, protocol } = this.#options;
    const evidence = evidenceOf(...found.claims, epoch, protocol.votes);
    if (evidence !== undefined) this.#options.onEvidence(evidence);
  }

  /** Each by itself: of two that contradict each other one may be junk that proves nothing. */
  #examine(claims: readonly Claim[]): void {
    for (const claim of claims) {
      if (!this.#budget.take(claim.member)) continue;
      const verified = (ok: boolean, cause?: string): void => {
        if (ok) this.#take(claim, true);
        else if (cause === undefined) this.#collector.drop(claim);
      };
      this.#options.verifier.verify([claim], verified, claim.member);
    }
  }
}
