import type { MemberIndex } from '#libs/chain/ids.ts';
import type { LackingBlock } from '#libs/chain/named-transactions.ts';
import { LACKING_BYTES_MAX, LACKING_PER_MEMBER_MAX } from './body-limits.ts';
import type { LackingProposal } from './lacking-proposal.ts';

/** The proposals that wait for transactions: the newest of each member, within a bound of bytes of all. */
export class LackingProposals {
  readonly #waiting = new Set<LackingProposal>();

  get size(): number {
    return this.#waiting.size;
  }

  [Symbol.iterator](): Iterator<LackingProposal> {
    return [...this.#waiting].values();
  }

  has(proposal: LackingProposal): boolean {
    return this.#waiting.has(proposal);
  }

  /** The members whose proposals of this block wait: the oldest first. */
  sendersOf({ digest }: Pick<LackingBlock, 'digest'>): readonly MemberIndex[] {
    return [...this.#waiting].filter(({ block }) => block.digest === digest).map(({ from }) => from);
  }

  /** Whether it waits, and asks for all proposals of its block. */
  asks({ from, block }: LackingProposal): boolean {
    return this.sendersOf(block)[0] === from;
  }

  /** Where the member's proposal of this block waits already, the newer message takes its place: it may be of a later view. @returns whether it does. */
  renew({ from, block, message }: Pick<LackingProposal, 'from' | 'block' | 'message'>): boolean {
    const known = this.#of(from).find((each) => each.block.digest === block.digest);
    if (known !== undefined) known.message = message;
    return known !== undefined;
  }

  /** @returns the older proposals of the same member that give way. */
  add(proposal: LackingProposal): readonly LackingProposal[] {
    this.#waiting.add(proposal);
    return this.#of(proposal.from).slice(0, -LACKING_PER_MEMBER_MAX);
  }

  delete(proposal: LackingProposal): void {
    this.#waiting.delete(proposal);
  }

  /** The proposals of the member that has the most, where all have too much together. */
  get overflowing(): readonly LackingProposal[] {
    const bytesOf = (own: readonly LackingProposal[]): number =>
      own.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    if (bytesOf([...this.#waiting]) <= LACKING_BYTES_MAX) return [];
    const senders = [...Map.groupBy(this.#waiting, ({ from }) => from).values()];
    return senders.reduce((most, own) => (bytesOf(own) >= bytesOf(most) ? own : most), []);
  }

  #of(from: MemberIndex): readonly LackingProposal[] {
    return [...this.#waiting].filter((each) => each.from === from);
  }
}
