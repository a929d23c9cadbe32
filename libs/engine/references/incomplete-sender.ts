import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { type HeldSignatures, statementText } from '#libs/protocol/named-signatures.ts';
import type { KeySignature } from '#libs/protocol/signed.ts';
import type { HearableLater } from '../ports/peer-listener.ts';
import { compactSignature } from './compact-signature.ts';
import { INCOMPLETE_BYTES_PER_MEMBER_MAX, INCOMPLETE_PER_MEMBER_MAX } from './reference-limits.ts';

type Named = Pick<Claim, 'statement' | 'member'>;

/** The messages of one sender, and the signatures that it gave for them, verified: they complete nobody else's messages. */
export class IncompleteSender implements HeldSignatures {
  readonly #held: HeldSignatures;
  readonly #given = new Map<string, KeySignature>();
  #givenBytes = 0;
  messages: readonly HearableLater[] = [];

  constructor(held: HeldSignatures) {
    this.#held = held;
  }

  /** Of its messages, and of the signatures that it gave for them. */
  get sizeBytes(): number {
    return this.messages.reduce((sum, { sizeBytes }) => sum + sizeBytes, this.#givenBytes);
  }

  signatureOf(statement: Claim['statement'], member: MemberIndex): KeySignature | undefined {
    return this.#held.signatureOf(statement, member) ?? this.#given.get(nameOf({ statement, member }));
  }

  give(claims: readonly Claim[]): void {
    for (const claim of claims) {
      const name = nameOf(claim);
      if (this.#given.has(name)) continue;
      this.#given.set(name, compactSignature(claim));
      this.#givenBytes += claim.signature.length;
    }
  }

  lackedBy({ missing }: HearableLater): readonly Named[] {
    return missing.flatMap(({ statement, members }) =>
      members
        .filter((member) => this.signatureOf(statement, member) === undefined)
        .map((member) => ({ statement, member })),
    );
  }

  get isTooMuch(): boolean {
    return (
      this.messages.length > INCOMPLETE_PER_MEMBER_MAX || this.sizeBytes > INCOMPLETE_BYTES_PER_MEMBER_MAX
    );
  }
}

function nameOf({ statement, member }: Named): string {
  return `${member} ${statementText(statement)}`;
}
