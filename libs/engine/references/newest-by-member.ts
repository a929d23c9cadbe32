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

  /** Keeps a signature, unless there is one of this member for the statement. */
  keep(claim: Claim): void {
    const { member, statement } = claim;
    const kept = this.#ofMember.get(member) ?? new Map<string, Kept>();
    const text = statementText(statement);
    if (kept.has(text)) return;
    kept.set(text, { statement, signature: compactSignature(claim) });
    if (kept.size > this.#max) kept.delete(oldestOf(kept));
    this.#ofMember.set(member, kept);
  }

  get(statement: VoteStatement, member: MemberIndex): KeySignature | undefined {
    return this.#ofMember.get(member)?.get(statementText(statement))?.signature;
  }

  forget(statement: VoteStatement, member: MemberIndex): void {
    this.#ofMember.get(member)?.delete(statementText(statement));
  }
}

/** The one of the oldest position; of several the one that was kept first. */
function oldestOf(kept: ReadonlyMap<string, Kept>): string {
  const [text] = [...kept].reduce((least, each) =>
    comparePositions(each[1].statement, least[1].statement) < 0 ? each : least,
  );
  return text;
}
