import { assert } from '#libs/assert/assert.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { statementText } from '#libs/protocol/named-signatures.ts';
import type { KeySignature } from '#libs/protocol/signed.ts';
import { comparePositions } from '#libs/protocol/vote/position.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { compactSignature } from './compact-signature.ts';

interface Kept {
  readonly statement: VoteStatement;
  readonly signature: KeySignature;
}

/**
 * Signatures by member and statement, of each member those of its newest positions: old ones that a liar shows again displace
 * nothing, and one that signs without end displaces its own alone.
 */
export class NewestByMember {
  readonly #ofMember = new Map<MemberIndex, Map<string, Kept>>();
  readonly #max: number;

  /** @param max - Signatures of one member. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Keeps signatures, but for those of members that have one for the statement. */
  keep(claims: readonly Claim[]): void {
    let said: { readonly statement: VoteStatement; readonly text: string } | undefined;
    for (const claim of claims) {
      const { statement } = claim;
      // The claims of a certificate share their statement.
      if (said?.statement !== statement) said = { statement, text: statementText(statement) };
      this.#keep(claim, said.text);
    }
  }

  get(statement: VoteStatement, member: MemberIndex): KeySignature | undefined {
    return this.getByText(statementText(statement), member);
  }

  /** @param text - The line of the statement. */
  getByText(text: string, member: MemberIndex): KeySignature | undefined {
    return this.#ofMember.get(member)?.get(text)?.signature;
  }

  forget(statement: VoteStatement, member: MemberIndex): void {
    this.#ofMember.get(member)?.delete(statementText(statement));
  }

  #keep(claim: Claim, text: string): void {
    const { member, statement } = claim;
    const kept = this.#ofMember.get(member) ?? new Map<string, Kept>();
    if (kept.has(text)) return;
    kept.set(text, { statement, signature: compactSignature(claim) });
    if (kept.size > this.#max) kept.delete(oldestOf(kept));
    this.#ofMember.set(member, kept);
  }
}

/** The one of the oldest position; of several the one that was kept first. */
function oldestOf(kept: ReadonlyMap<string, Kept>): string {
  let oldest: readonly [string, Kept] | undefined;
  for (const each of kept) {
    if (oldest === undefined || comparePositions(each[1].statement, oldest[1].statement) < 0) oldest = each;
  }
  assert(oldest !== undefined, 'more signatures than may be kept are some');
  return oldest[0];
}
