import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import {
  type HeldSignatures,
  statementText,
  type WantedSignatures,
} from '#libs/protocol/named-signatures.ts';
import type { KeySignature } from '#libs/protocol/signed.ts';
import { WantedList } from '#libs/protocol/wanted-list.ts';
import type { HearableLater } from '../ports/peer-listener.ts';
import { compactSignature } from './compact-signature.ts';
import {
  INCOMPLETE_BYTES_MAX,
  INCOMPLETE_BYTES_PER_MEMBER_MAX,
  INCOMPLETE_PER_MEMBER_MAX,
} from './reference-limits.ts';

/** A message that waits for signatures. */
export interface WaitingMessage {
  readonly from: MemberIndex;
  readonly message: HearableLater;
}

type Named = Pick<Claim, 'statement' | 'member'>;

/** The messages of one sender, and the signatures that it gave for them, verified: they complete nobody else's messages. */
class Sender implements HeldSignatures {
  readonly #held: HeldSignatures;
  readonly #given = new Map<string, KeySignature>();
  messages: readonly HearableLater[] = [];

  constructor(held: HeldSignatures) {
    this.#held = held;
  }

  get sizeBytes(): number {
    return this.messages.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  signatureOf(statement: Claim['statement'], member: MemberIndex): KeySignature | undefined {
    return this.#held.signatureOf(statement, member) ?? this.#given.get(nameOf({ statement, member }));
  }

  give(claims: readonly Claim[]): void {
    for (const claim of claims) this.#given.set(nameOf(claim), compactSignature(claim));
  }

  lackedBy({ missing }: HearableLater): readonly Named[] {
    return missing.flatMap(({ statement, members }) =>
      members
        .filter((member) => this.signatureOf(statement, member) === undefined)
        .map((member) => ({ statement, member })),
    );
  }
}

/** Messages that wait for signatures, by their senders: a few of each, within a bound of bytes of each and of all. */
export class IncompleteMessages {
  readonly #held: HeldSignatures;
  readonly #senders = new Map<MemberIndex, Sender>();

  constructor(held: HeldSignatures) {
    this.#held = held;
  }

  /** In the order in which they are to be asked. */
  get senders(): readonly MemberIndex[] {
    return [...this.#senders.keys()];
  }

  /** @returns false when there is no room for another one of its sender. */
  add({ from, message }: WaitingMessage): boolean {
    const sender = this.#senders.get(from) ?? new Sender(this.#held);
    const all = [...this.#senders.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const isRoom =
      sender.messages.length < INCOMPLETE_PER_MEMBER_MAX &&
      sender.sizeBytes + message.sizeBytes <= INCOMPLETE_BYTES_PER_MEMBER_MAX &&
      all + message.sizeBytes <= INCOMPLETE_BYTES_MAX;
    if (!isRoom) return false;
    sender.messages = [...sender.messages, message];
    this.#senders.set(from, sender);
    return true;
  }

  /** The signatures that messages of this member still lack. */
  wantedOf(from: MemberIndex): readonly WantedSignatures[] {
    const sender = this.#senders.get(from);
    const wanted = new WantedList();
    for (const message of sender?.messages ?? []) {
      for (const { statement, member } of sender?.lackedBy(message) ?? []) wanted.want(statement, member);
    }
    return wanted.all;
  }

  /** Verified signatures that a member gave for its own messages. All others that wait are asked before it is asked again. */
  give(from: MemberIndex, claims: readonly Claim[]): void {
    const sender = this.#senders.get(from);
    if (sender === undefined) return;
    sender.give(claims);
    this.#senders.delete(from);
    this.#senders.set(from, sender);
  }

  /** Takes out the messages of a member that lack nothing any more. @returns how each is heard. */
  takeComplete(from: MemberIndex): readonly (() => void)[] {
    const sender = this.#senders.get(from);
    if (sender === undefined) return [];
    const complete = sender.messages.filter((message) => sender.lackedBy(message).length === 0);
    sender.messages = sender.messages.filter((message) => !complete.includes(message));
    if (sender.messages.length === 0) this.#senders.delete(from);
    return complete.map((message) => () => message.hear(message.again(sender)));
  }

  /** Forgets all of one member. @returns how many these were. */
  drop(from: MemberIndex): number {
    const { messages = [] } = this.#senders.get(from) ?? {};
    this.#senders.delete(from);
    return messages.length;
  }

  clear(): void {
    this.#senders.clear();
  }
}

function nameOf({ statement, member }: Named): string {
  return `${member} ${statementText(statement)}`;
}
