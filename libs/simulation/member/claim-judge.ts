import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { NO_CERTIFIED_KEYS, resolveKey } from '#libs/protocol/resolve-claim.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { PeerGuard } from '#libs/replica/peer-guard.ts';
import type { SignatureAuthority } from '../federation/signatures.ts';

/**
 * The result of a verification. `unresolved`: a key that nobody here knows made a signature. `unjudged`: the sender of the claims
 * has used up its budget.
 */
export type ClaimVerdict = 'valid' | 'false' | 'unresolved' | 'unjudged';

export interface ClaimJudgeFacts {
  readonly authority: SignatureAuthority;
  /** The members whose claims these are, and the kinds of their statements. */
  readonly set: ValidatorSet;
  readonly table: VoteTable;
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
    const { guard, proved } = this.#facts;
    if (guard.isMuted(from)) return 'unjudged';
    for (const claim of claims) {
      const verdict = this.verdictOf(claim);
      if (verdict === 'unresolved') return verdict;
      if (verdict === 'valid' && this.#known.has(claim.signature)) continue;
      if (!guard.take(from)) return 'unjudged';
      if (verdict === 'false') return verdict;
      this.#known.add(claim.signature);
      proved(claim);
    }
    return 'valid';
  }

  /** Takes a claim as verified: this member's signer says so. */
  trust(claim: Claim): void {
    if (this.#known.has(claim.signature)) return;
    this.#known.add(claim.signature);
    this.#facts.proved(claim);
  }

  /** Judges a claim at nobody's expense. */
  verdictOf(claim: Claim): Exclude<ClaimVerdict, 'unjudged'> {
    const { authority, set, table } = this.#facts;
    const found = resolveKey(claim, { set, table, scheme: SIMULATED, certified: NO_CERTIFIED_KEYS });
    if (found.kind === 'unresolved') return 'unresolved';
    return found.kind === 'resolved' && authority.verify(claim) ? 'valid' : 'false';
  }
}

/** The scheme of all signatures of a simulated world: those of its authority. */
const SIMULATED = 'simulated';
