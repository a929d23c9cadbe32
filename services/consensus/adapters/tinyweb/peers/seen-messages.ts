import { createHash } from 'node:crypto';
import type { MemberIndex } from '#libs/chain/ids.ts';
import { SEEN_MESSAGES_MAX } from './limits.ts';

/** The messages that each member sent lately, by their bytes: a second one gets another answer, and is heard all the same. */
export class SeenMessages {
  readonly #byMember = new Map<MemberIndex, Set<string>>();

  /** @returns whether this member sent these bytes before. */
  see(from: MemberIndex, payload: Uint8Array): boolean {
    const seen = this.#byMember.get(from) ?? new Set();
    this.#byMember.set(from, seen);
    const name = createHash('sha256').update(payload).digest('base64');
    if (seen.has(name)) return true;
    seen.add(name);
    const [oldest] = seen;
    if (seen.size > SEEN_MESSAGES_MAX && oldest !== undefined) seen.delete(oldest);
    return false;
  }

  /** Indices mean others now. */
  clear(): void {
    this.#byMember.clear();
  }
}
