import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { type HeldSignatures, statementText } from '#libs/protocol/named-signatures.ts';
import type { KeySignature } from '#libs/protocol/signed.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { compactSignature } from './compact-signature.ts';
import { NewestByMember } from './newest-by-member.ts';
import { PINNED_MESSAGES_MAX, SIGNATURES_KEPT_PER_MEMBER } from './reference-limits.ts';

/**
 * The verified signatures of one epoch, by which certificates by reference are completed. The signatures of this member's own statements are kept apart,
 * so that every member that hears of one can be given it, however old it is.
 */
export class SignaturePool implements HeldSignatures {
  readonly #verified = new NewestByMember(SIGNATURES_KEPT_PER_MEMBER);
  /** The signatures that the last messages of this member named, the newest last. */
  readonly #pinned = new Map<string, ReadonlyMap<string, KeySignature>>();

  /** Keeps signatures that hold. */
  keep(claims: readonly Claim[]): void {
    this.#verified.keep(claims);
  }

  /** Keeps what a message of this member names, while it and a few others are its newest. */
  pin(claims: readonly Claim[]): void {
    const sizeBytes = claims.reduce((sum, { signature }) => sum + signature.length, 0);
    const named = new Map(claims.map((claim) => [nameOf(claim), compactSignature(claim, sizeBytes)]));
    const [first] = named.keys();
    if (first === undefined) return;
    const key = `${named.size} ${first} ${[...named.keys()].at(-1)}`;
    this.#pinned.delete(key);
    this.#pinned.set(key, named);
    for (const oldest of this.#pinned.keys()) {
      if (this.#pinned.size <= PINNED_MESSAGES_MAX) break;
      this.#pinned.delete(oldest);
    }
  }

  signatureOf(statement: VoteStatement, member: MemberIndex): KeySignature | undefined {
    const verified = this.#verified.get(statement, member);
    if (verified !== undefined) return verified;
    const name = nameOf({ statement, member });
    for (const named of this.#pinned.values()) {
      const pinned = named.get(name);
      if (pinned !== undefined) return pinned;
    }
    return undefined;
  }
}

function nameOf({ statement, member }: Pick<Claim, 'statement' | 'member'>): string {
  return `${member} ${statementText(statement)}`;
}
