import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import type { HeldSignatures, WantedSignatures } from '#libs/protocol/named-signatures.ts';
import { NAMED_PER_MEMBER_MAX, STATEMENTS_PER_MEMBER_MAX } from '#libs/protocol/naming-limits.ts';
import { WantedList } from '#libs/protocol/wanted-list.ts';
import type { HearableLater } from '../ports/peer-listener.ts';
import { IncompleteSender } from './incomplete-sender.ts';
import { INCOMPLETE_BYTES_MAX, INCOMPLETE_BYTES_PER_MEMBER_MAX } from './reference-limits.ts';

/** A message that waits for signatures. */
export interface WaitingMessage {
  readonly from: MemberIndex;
  readonly message: HearableLater;
}

/** Messages that wait for signatures, by their senders: a few of each, within a bound of bytes of each and of all. */
export class IncompleteMessages {
  readonly #held: HeldSignatures;
  readonly #members: number;
  readonly #senders = new Map<MemberIndex, IncompleteSender>();

  /** @param members - Number of members of the epoch: it bounds a request. */
  constructor(held: HeldSignatures, members: number) {
    this.#held = held;
    this.#members = members;
  }

  /** In the order in which they are to be asked. */
  get senders(): readonly MemberIndex[] {
    return [...this.#senders.keys()];
  }

  /**
   * Takes a message in. The oldest ones of its sender give way where that has too many, or too many bytes: a member that says something
   * again says it as it stands now.
   * @returns how many gave way, the message itself among them where it is larger than all of one sender may be.
   */
  add({ from, message }: WaitingMessage): number {
    if (message.sizeBytes > INCOMPLETE_BYTES_PER_MEMBER_MAX) return 1;
    const sender = this.#senders.get(from) ?? new IncompleteSender(this.#held);
    this.#senders.set(from, sender);
    sender.messages = [...sender.messages, message];
    let gone = 0;
    for (; sender.isTooMuch && sender.messages.length > 1; gone++) sender.messages = sender.messages.slice(1);
    return gone;
  }

  /** The member that must lose its messages now: a member that has too much, or where all have too much together, the newest of the largest. */
  get overflowing(): MemberIndex | undefined {
    let [all, largest]: [number, readonly [MemberIndex, IncompleteSender] | undefined] = [0, undefined];
    for (const each of this.#senders) {
      const [from, sender] = each;
      if (sender.isTooMuch) return from;
      all += sender.sizeBytes;
      if (largest === undefined || sender.sizeBytes >= largest[1].sizeBytes) largest = each;
    }
    return all > INCOMPLETE_BYTES_MAX ? largest?.[0] : undefined;
  }

  /** The signatures that messages of this member still lack, the oldest message first: as many as one request may name. */
  wantedOf(from: MemberIndex): readonly WantedSignatures[] {
    const sender = this.#senders.get(from);
    const wanted = new WantedList();
    for (const message of sender?.messages ?? []) {
      for (const { statement, member } of sender?.lackedBy(message) ?? []) {
        if (wanted.names >= NAMED_PER_MEMBER_MAX * this.#members) return wanted.all;
        if (wanted.statements >= STATEMENTS_PER_MEMBER_MAX * this.#members && !wanted.has(statement))
          return wanted.all;
        wanted.want(statement, member);
      }
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
    return complete.map((message) => () => message.hear(message.again({ signatures: sender })));
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
