import type { MemberIndex } from '#libs/chain/ids.ts';
import { SignaturePool } from '#libs/engine/references/signature-pool.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import type { KeySignature } from '#libs/protocol/signed.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { type ClaimNumbers, VerifiedClaims } from './claim-numbers.ts';

/**
 * The pool of production in few bytes, for members by the hundred: it keeps which signatures were verified, and all of them have the same
 * bytes. Nothing is forgotten, for the chain of a model is short.
 */
export class NumberedPool extends SignaturePool {
  readonly #numbers: ClaimNumbers;
  readonly #signature: KeySignature;
  readonly #held = new VerifiedClaims();

  constructor(numbers: ClaimNumbers, signature: Uint8Array) {
    super();
    this.#numbers = numbers;
    this.#signature = { signature };
  }

  override keep(claims: readonly Claim[]): void {
    this.#held.add(this.#numbers.ofAll(claims));
  }

  override pin(claims: readonly Claim[]): void {
    this.keep(claims);
  }

  override signatureOf(statement: VoteStatement, member: MemberIndex): KeySignature | undefined {
    return this.#held.has(this.#numbers.of(member, statement)) ? this.#signature : undefined;
  }

  holdsAll(claims: readonly Claim[]): boolean {
    return this.#numbers.ofAll(claims).every((number) => this.#held.has(number));
  }

  lackedOf(claims: readonly Claim[]): readonly Claim[] {
    const numbers = this.#numbers.ofAll(claims);
    return claims.filter((_, at) => !this.#held.has(numbers[at] ?? 0));
  }
}
