import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import type { PeerGuard } from '#libs/replica/peer-guard.ts';
import type { SignatureAuthority } from '../federation/signatures.ts';

/** The result of a verification. `unjudged`: the sender of the claims has used up its budget. */
export type ClaimVerdict = 'valid' | 'false' | 'unjudged';

export interface ClaimJudgeFacts {
  readonly authority: SignatureAuthority;
  readonly guard: PeerGuard;
  /** A claim that was never verified in this life holds. */
  readonly proved: (claim: Claim) => void;
}

/**
 * Verifies claims as `services/consensus/adapters/claim-verifier.ts` does: no claim twice, and each verification at
 * the expense of the member that sent it. A judge lives as long as a process.
 */
export class ClaimJudge {
  readonly #facts: ClaimJudgeFacts;
  /** True signatures: the same array in another claim is another claim, and is verified again. */
  readonly #known = new Set<Uint8Array>();

  constructor(facts: ClaimJudgeFacts) {
    this.#facts = facts;
  }

  judge(claims: readonly Claim[], from: MemberIndex): ClaimVerdict {
    const { authority, guard, proved } = this.#facts;
    if (guard.isMuted(from)) return 'unjudged';
    for (const claim of claims) {
      const isTrue = authority.verify(claim);
      if (isTrue && this.#known.has(claim.signature)) continue;
      if (!guard.take(from)) return 'unjudged';
      if (!isTrue) return 'false';
      this.#known.add(claim.signature);
      proved(claim);
    }
    return 'valid';
  }
}
