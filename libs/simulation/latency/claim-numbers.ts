import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { statementName } from '../federation/signatures.ts';

/** A number for each signature of the world: all signatures have the same bytes, so a claim is its member and statement. */
export class ClaimNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #ofList = new WeakMap<readonly Claim[], Int32Array>();

  of(member: MemberIndex, statement: VoteStatement): number {
    return this.#numberOf(member, statementName(statement));
  }

  /** The same array for the same list. */
  ofAll(claims: readonly Claim[]): Int32Array {
    const known = this.#ofList.get(claims);
    if (known !== undefined) return known;
    const names = new Map<VoteStatement, string>();
    const nameOf = (statement: VoteStatement): string => {
      const name = names.get(statement) ?? statementName(statement);
      names.set(statement, name);
      return name;
    };
    const numbers = Int32Array.from(claims, ({ member, statement }) =>
      this.#numberOf(member, nameOf(statement)),
    );
    this.#ofList.set(claims, numbers);
    return numbers;
  }

  #numberOf(member: MemberIndex, statement: string): number {
    const name = `${member} ${statement}`;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const fresh = this.#numbers.size;
    this.#numbers.set(name, fresh);
    return fresh;
  }
}

/** The signatures that one process has verified, or trusts. */
export class VerifiedClaims {
  #known = new Uint8Array(1_024);

  has(number: number): boolean {
    return this.#known[number] === 1;
  }

  /** Remembers these. @returns how many of them were not known. */
  add(numbers: Iterable<number>): number {
    let fresh = 0;
    for (const number of numbers) {
      if (this.#known[number] === 1) continue;
      if (number >= this.#known.length) this.#grow(number);
      this.#known[number] = 1;
      fresh += 1;
    }
    return fresh;
  }

  #grow(number: number): void {
    const wider = new Uint8Array(2 * number);
    wider.set(this.#known);
    this.#known = wider;
  }
}
