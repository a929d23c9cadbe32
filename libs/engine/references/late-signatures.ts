import type { Claim } from '#libs/protocol/certificate.ts';
import type { WantedSignatures } from '#libs/protocol/named-signatures.ts';
import { NewestByMember } from './newest-by-member.ts';
import { SIGNATURES_KEPT_PER_MEMBER } from './reference-limits.ts';

/**
 * Signatures in messages that came too late to count, above a quorum or after the view, as their own member sent them. Nobody verified
 * them: that is done when a certificate of others names them, on the account of that member. So who counted other votes is asked for none.
 */
export class LateSignatures {
  readonly #kept = new NewestByMember(SIGNATURES_KEPT_PER_MEMBER);

  keep(claim: Claim): void {
    this.#kept.keep([claim]);
  }

  /** Takes out those that are wanted. */
  take(wanted: readonly WantedSignatures[]): readonly Claim[] {
    return wanted.flatMap(({ statement, members }) =>
      members.flatMap((member) => {
        const signed = this.#kept.get(statement, member);
        this.#kept.forget(statement, member);
        return signed === undefined ? [] : [{ ...signed, member, statement }];
      }),
    );
  }
}
