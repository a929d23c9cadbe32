import type { Block } from '#libs/chain/block.ts';
import type { Digest, Epoch } from '#libs/chain/ids.ts';
import { judgeMembership, type Membership } from '#libs/membership/membership.ts';
import type { ChainPort } from './engine-ports.ts';

/** Who decides in an epoch, and where it starts. */
export type EpochFacts = Pick<Membership, 'epoch' | 'roster' | 'set' | 'root'>;

/** Branches that are remembered; the undecided ones are a few blocks long. */
const REMEMBERED_MAX = 64;

/** Who decides what: after the final chain, after every block that is held, and in every epoch so far. */
export class MembershipBook {
  readonly #chain: Pick<ChainPort, 'tip' | 'blockOf'>;
  /** By number; one for each change that there ever was. */
  readonly #epochs: EpochFacts[];
  readonly #undecided = new Map<Digest, Membership>();
  #current: Membership;

  /** @param past - The final blocks that say something of the membership, oldest first. */
  constructor(founding: Membership, chain: Pick<ChainPort, 'tip' | 'blockOf'>, past: Iterable<Block>) {
    this.#chain = chain;
    this.#current = founding;
    this.#epochs = [founding];
    for (const block of past) this.#take(block);
  }

  /** After the newest final block. */
  get current(): Membership {
    return this.#current;
  }

  /** Undefined for an epoch that is not known to have begun. */
  epoch(epoch: Epoch): EpochFacts | undefined {
    return this.#epochs[Number(epoch)];
  }

  /** After a held block that is the tip or grows out of it; undefined for any other. */
  after(digest: Digest): Membership | undefined {
    if (digest === this.#chain.tip().digest) return this.#current;
    const known = this.#undecided.get(digest);
    if (known !== undefined) return known;
    const block = this.#chain.blockOf(digest);
    if (block === undefined || block.header.height <= this.#chain.tip().header.height) return undefined;
    const before = this.after(block.header.parent);
    const judgement = before && judgeMembership(before, block);
    if (judgement?.ok !== true) return undefined;
    if (this.#undecided.size >= REMEMBERED_MAX) this.#undecided.clear();
    this.#undecided.set(digest, judgement.membership);
    return judgement.membership;
  }

  /** Blocks that grow out of the tip became final, oldest first. */
  finalised(blocks: readonly Block[]): void {
    for (const block of blocks) this.#take(block);
    this.#undecided.clear();
  }

  /** @throws when it contradicts the blocks before it: a quorum certified what is not valid here. */
  #take(block: Block): void {
    const judgement = judgeMembership(this.#current, block);
    if (!judgement.ok) throw new Error(`final block ${block.header.height}: ${judgement.fault}`);
    this.#current = judgement.membership;
    if (this.#epochs.at(-1)?.epoch !== this.#current.epoch) this.#epochs.push(this.#current);
  }
}
