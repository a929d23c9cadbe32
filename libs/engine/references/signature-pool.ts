import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { type HeldSignatures, statementText } from '#libs/protocol/named-signatures.ts';
import type { KeySignature } from '#libs/protocol/signed.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { NewestByMember } from './newest-by-member.ts';
import { PinnedSignatures } from './pinned-signatures.ts';
import { PINNED_MESSAGES_MAX, SIGNATURES_KEPT_PER_MEMBER } from './reference-limits.ts';

/**
 * The verified signatures of one epoch, by which certificates by reference are completed. The signatures of this member's own statements are kept apart,
 * so that every member that hears of one can be given it, however old it is.
 */
export class SignaturePool implements HeldSignatures {
  readonly #verified = new NewestByMember(SIGNATURES_KEPT_PER_MEMBER);
  readonly #pinned = new PinnedSignatures(PINNED_MESSAGES_MAX);

  /** Keeps signatures that hold. */
  keep(claims: readonly Claim[]): void {
    this.#verified.keep(claims);
  }

  /** Keeps what a message of this member names, while it and a few others are its newest. */
  pin(claims: readonly Claim[]): void {
    this.#pinned.pin(claims);
  }

  signatureOf(statement: VoteStatement, member: MemberIndex): KeySignature | undefined {
    const text = statementText(statement);
    return this.#verified.getByText(text, member) ?? this.#pinned.get(text, member);
  }
}
