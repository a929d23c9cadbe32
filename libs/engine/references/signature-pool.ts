import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { type HeldSignatures, statementText } from '#libs/protocol/named-signatures.ts';
import type { KeySignature } from '#libs/protocol/signed.ts';
import { comparePositions, type Position } from '#libs/protocol/vote/position.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { compactSignature } from './compact-signature.ts';
import { PINNED_MESSAGES_MAX, SIGNATURES_KEPT_PER_MEMBER } from './reference-limits.ts';

interface Kept {
  readonly at: Position;
  readonly signature: KeySignature;
}

/**
 * The verified signatures of one epoch, by which certificates by reference are completed. Of each member those of its newest positions
 * are kept: old ones that a liar shows again displace nothing, and one that signs without end displaces its own alone. What this
 * member says itself is kept apart, so that whoever is told of it can be given it.
 */
export class SignaturePool implements HeldSignatures {
  readonly #ofMember = new Map<MemberIndex, Map<string, Kept>>();
  /** The signatures that the last messages of this member named, the newest last. */
  readonly #pinned = new Map<string, ReadonlyMap<string, KeySignature>>();

  /** Keeps signatures that hold. */
  keep(claims: readonly Claim[]): void {
    for (const claim of claims) this.#keepOne(claim);
  }

  /** Keeps what a message of this member names, while it and a few others are its newest. */
  pin(claims: readonly Claim[]): void {
    const named = new Map(claims.map((claim) => [nameOf(claim), claim]));
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
    const kept = this.#ofMember.get(member)?.get(statementText(statement));
    if (kept !== undefined) return kept.signature;
    const name = nameOf({ statement, member });
    for (const named of this.#pinned.values()) {
      const pinned = named.get(name);
      if (pinned !== undefined) return compactSignature(pinned);
    }
    return undefined;
  }

  #keepOne(claim: Claim): void {
    const kept = this.#ofMember.get(claim.member) ?? new Map<string, Kept>();
    const text = statementText(claim.statement);
    if (kept.has(text)) return;
    const { instance, view } = claim.statement;
    kept.set(text, { at: { instance, view }, signature: compactSignature(claim) });
    if (kept.size > SIGNATURES_KEPT_PER_MEMBER) kept.delete(oldestOf(kept));
    this.#ofMember.set(claim.member, kept);
  }
}

function nameOf({ statement, member }: Pick<Claim, 'statement' | 'member'>): string {
  return `${member} ${statementText(statement)}`;
}

/** The one of the oldest position; of several the one that was kept first. */
function oldestOf(kept: ReadonlyMap<string, Kept>): string {
  const all = [...kept];
  const [text] = all.reduce((least, each) => (comparePositions(each[1].at, least[1].at) < 0 ? each : least));
  return text;
}
