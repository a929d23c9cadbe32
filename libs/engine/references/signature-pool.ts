import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { type HeldSignatures, statementText } from '#libs/protocol/named-signatures.ts';
import { type KeySignature, keySignatureOf } from '#libs/protocol/signed.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { SIGNATURES_KEPT_PER_MEMBER } from './reference-limits.ts';

/**
 * The verified signatures of one epoch, by which certificates by reference are completed. Each member has places of its own, so one that
 * signs without end takes none from the others.
 */
export class SignaturePool implements HeldSignatures {
  readonly #ofMember = new Map<MemberIndex, Map<string, KeySignature>>();

  /** Keeps signatures that hold: verified, made here, or in certificates of this member. Those kept before become the newest. */
  keep(claims: readonly Claim[]): void {
    for (const claim of claims) {
      const kept = this.#ofMember.get(claim.member) ?? new Map<string, KeySignature>();
      const text = statementText(claim.statement);
      kept.delete(text);
      kept.set(text, keySignatureOf(claim));
      for (const oldest of kept.keys()) {
        if (kept.size <= SIGNATURES_KEPT_PER_MEMBER) break;
        kept.delete(oldest);
      }
      this.#ofMember.set(claim.member, kept);
    }
  }

  signatureOf(statement: VoteStatement, member: MemberIndex): KeySignature | undefined {
    return this.#ofMember.get(member)?.get(statementText(statement));
  }
}
