import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import type { HeldSignatures, WantedSignatures } from '#libs/protocol/named-signatures.ts';
import { WantedList } from '#libs/protocol/wanted-list.ts';
import type { HearableLater, IncompleteMessage } from '../ports/peer-listener.ts';
import { INCOMPLETE_BYTES_PER_MEMBER_MAX, INCOMPLETE_PER_MEMBER_MAX } from './reference-limits.ts';

/** A message that waits for signatures. */
export interface WaitingMessage {
  readonly from: MemberIndex;
  readonly message: HearableLater;
}

/** Messages that wait for signatures, by their senders: a few of each, within a bound of bytes. */
export class IncompleteMessages {
  readonly #held: HeldSignatures;
  readonly #waiting = new Map<MemberIndex, WaitingMessage[]>();

  constructor(held: HeldSignatures) {
    this.#held = held;
  }

  get senders(): readonly MemberIndex[] {
    return [...this.#waiting.keys()];
  }

  /** @returns false when there is no room for another one of its sender. */
  add(waiting: WaitingMessage): boolean {
    const before = this.#waiting.get(waiting.from) ?? [];
    const sizeBytes = [...before, waiting].reduce((sum, { message }) => sum + message.sizeBytes, 0);
    if (before.length >= INCOMPLETE_PER_MEMBER_MAX || sizeBytes > INCOMPLETE_BYTES_PER_MEMBER_MAX)
      return false;
    this.#waiting.set(waiting.from, [...before, waiting]);
    return true;
  }

  /** The signatures that messages of this member still lack. */
  wantedOf(from: MemberIndex): readonly WantedSignatures[] {
    const wanted = new WantedList();
    for (const { message } of this.#waiting.get(from) ?? []) {
      for (const { statement, member } of this.#lackedBy(message)) wanted.want(statement, member);
    }
    return wanted.all;
  }

  /** Takes out those that lack nothing any more. */
  takeComplete(): readonly WaitingMessage[] {
    const complete: WaitingMessage[] = [];
    for (const [from, messages] of this.#waiting) {
      const rest = messages.filter((each) => !this.#isComplete(each));
      complete.push(...messages.filter((each) => !rest.includes(each)));
      this.#keep(from, rest);
    }
    return complete;
  }

  /** Takes out all of one member. */
  takeOf(from: MemberIndex): readonly WaitingMessage[] {
    const messages = this.#waiting.get(from) ?? [];
    this.#waiting.delete(from);
    return messages;
  }

  clear(): void {
    this.#waiting.clear();
  }

  #keep(from: MemberIndex, messages: WaitingMessage[]): void {
    if (messages.length === 0) this.#waiting.delete(from);
    else this.#waiting.set(from, messages);
  }

  #isComplete({ message }: WaitingMessage): boolean {
    return this.#lackedBy(message).length === 0;
  }

  #lackedBy({ missing }: IncompleteMessage): readonly Pick<Claim, 'statement' | 'member'>[] {
    return missing.flatMap(({ statement, members }) =>
      members
        .filter((member) => this.#held.signatureOf(statement, member) === undefined)
        .map((member) => ({ statement, member })),
    );
  }
}
