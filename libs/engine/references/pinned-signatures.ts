import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { statementText } from '#libs/protocol/named-signatures.ts';
import type { KeySignature } from '#libs/protocol/signed.ts';
import { compactSignature } from './compact-signature.ts';

/** A signature as the newest of the messages has it, so that no older one is kept in memory, and how many of them name it. */
interface Pinned {
  readonly signature: KeySignature;
  readonly messages: number;
}

interface Named {
  readonly text: string;
  readonly member: MemberIndex;
}

/** The signatures that the newest messages of this member named. To look one up costs the same however many messages there are. */
export class PinnedSignatures {
  readonly #messagesMax: number;
  /** The signatures that each message names, the newest message last. */
  readonly #messages = new Map<string, readonly Named[]>();
  readonly #byText = new Map<string, Map<MemberIndex, Pinned>>();

  constructor(messagesMax: number) {
    this.#messagesMax = messagesMax;
  }

  get(text: string, member: MemberIndex): KeySignature | undefined {
    return this.#byText.get(text)?.get(member)?.signature;
  }

  /** Keeps what one message names; named again it is the newest. */
  pin(claims: readonly Claim[]): void {
    const sizeBytes = claims.reduce((sum, { signature }) => sum + signature.length, 0);
    const named = new Map<string, Named & { readonly claim: Claim }>();
    for (const each of namedIn(claims)) named.set(`${each.member} ${each.text}`, each);
    const [first] = named.keys();
    if (first === undefined) return;
    const key = `${named.size} ${first} ${[...named.keys()].at(-1)}`;
    for (const { text, member, claim } of named.values())
      this.#add({ text, member }, compactSignature(claim, sizeBytes));
    this.#drop(key);
    this.#messages.set(
      key,
      [...named.values()].map(({ text, member }) => ({ text, member })),
    );
    for (const oldest of this.#messages.keys()) {
      if (this.#messages.size <= this.#messagesMax) break;
      this.#drop(oldest);
    }
  }

  #add({ text, member }: Named, signature: KeySignature): void {
    const ofText = this.#byText.get(text) ?? new Map<MemberIndex, Pinned>();
    const messages = (ofText.get(member)?.messages ?? 0) + 1;
    ofText.set(member, { signature, messages });
    this.#byText.set(text, ofText);
  }

  #drop(key: string): void {
    for (const { text, member } of this.#messages.get(key) ?? []) {
      const ofText = this.#byText.get(text);
      const pinned = ofText?.get(member);
      if (ofText === undefined || pinned === undefined) continue;
      if (pinned.messages > 1) ofText.set(member, { ...pinned, messages: pinned.messages - 1 });
      else ofText.delete(member);
      if (ofText.size === 0) this.#byText.delete(text);
    }
    this.#messages.delete(key);
  }
}

function namedIn(claims: readonly Claim[]): readonly (Named & { readonly claim: Claim })[] {
  let last: (Pick<Claim, 'statement'> & { readonly text: string }) | undefined;
  return claims.map((claim) => {
    const { statement, member } = claim;
    // The claims of a certificate share their statement.
    if (last?.statement !== statement) last = { statement, text: statementText(statement) };
    return { text: last.text, member, claim };
  });
}
