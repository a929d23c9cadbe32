import type { Epoch } from '#libs/chain/ids.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { MemberFacts } from '#libs/membership/roster.ts';

/**
 * The members that left by the vote of this node, as they were. A vote alone suspends nobody, and an answer after it changes nothing: all that
 * counts is whether the member is one when the epoch of the vote is over.
 */
export class SuspendedMembers {
  readonly #voted = new Map<string, { readonly facts: MemberFacts; readonly epoch: Epoch }>();
  readonly #suspended = new Map<string, MemberFacts>();

  /** This node has voted, in this epoch, that a member leaves. */
  voted(facts: MemberFacts, epoch: Epoch): void {
    this.#voted.set(facts.name, { facts, epoch });
  }

  /** An epoch begins, or goes on: those that are members again are suspended no more. */
  enter({ epoch, roster }: Membership): void {
    const isIn = (name: string): boolean => roster.some((member) => member.name === name);
    for (const [name, { facts, epoch: of }] of this.#voted) {
      if (of === epoch) continue;
      this.#voted.delete(name);
      if (of + 1n === epoch && !isIn(name)) this.#suspended.set(name, facts);
    }
    for (const name of this.#suspended.keys()) if (isIn(name)) this.#suspended.delete(name);
  }

  get all(): readonly MemberFacts[] {
    return [...this.#suspended.values()];
  }
}
