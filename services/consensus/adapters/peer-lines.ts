import type { MemberIndex } from '#libs/chain/ids.ts';
import type { LogFields } from '#libs/log/logger.ts';
import { Recurring } from '../core/recurring.ts';

interface Topic {
  readonly member: MemberIndex;
  readonly topic: string;
}

/** Lines about peers, each topic of a peer said the first time, and then once a minute, with how often it happened since. */
export class PeerLines {
  readonly #recurring: Recurring;
  readonly #nameOf: (member: MemberIndex) => string;

  /** @param nowMs - Milliseconds of a clock that never goes back. */
  constructor(nowMs: () => number, nameOf: (member: MemberIndex) => string) {
    this.#recurring = new Recurring(nowMs);
    this.#nameOf = nameOf;
  }

  tell({ member, topic }: Topic, say: (fields: LogFields) => void): void {
    const peer = this.#nameOf(member);
    const count = this.note(`${peer} ${topic}`);
    if (count !== undefined) say({ peer, count });
  }

  /** @returns how often it happened since the last line, when one is due now. */
  note(topic: string): number | undefined {
    return this.#recurring.note(topic);
  }
}
