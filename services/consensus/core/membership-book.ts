import type { Block } from '#libs/chain/block.ts';
import type { Digest, Epoch, Height } from '#libs/chain/ids.ts';
import {
  countedFrom,
  judgeMembership,
  type Membership,
  membershipAfterLast,
  voteFault,
} from '#libs/membership/membership.ts';
import type { MembershipVote } from '#libs/membership/vote.ts';
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
  /** Height of the first vote of an epoch; 0 where it is not known. */
  readonly #firstVotes = new Map<Epoch, bigint>();
  readonly #undecided = new Map<Digest, Membership>();
  #current: Membership;

  /**
   * @param past - The final blocks that say something of the membership, oldest first.
   * @param base - Of the snapshot below which blocks are missing.
   */
  constructor(
    founding: Membership,
    chain: Pick<ChainPort, 'tip' | 'blockOf'>,
    past: Iterable<Block>,
    base?: Height,
  ) {
    this.#chain = chain;
    this.#current = founding;
    this.#epochs = [founding];
    for (const block of past) {
      if (block.header.height === base) this.#leap(block);
      else this.#take(block);
    }
    // The blocks since say nothing of the members, and some votes may not count any more.
    this.#current = countedFrom(this.#current, chain.tip().header.height + 1n);
  }

  /** After the newest final block. */
  get current(): Membership {
    return this.#current;
  }

  /** What is wrong with a vote in the block after the tip or a later one of this epoch, or undefined. */
  voteFault(vote: MembershipVote): string | undefined {
    return voteFault(this.#current, vote, this.#chain.tip().header.height + 1n);
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

  /** Whether the membership after this block is known here without the blocks before it, as far as this member can tell. */
  mayLeap(block: Block): boolean {
    return membershipAfterLast(this.#current, block) !== undefined || this.#current.ballots.length === 0;
  }

  /** The block of a snapshot is final, and those below it are not held. */
  leapt(block: Block): void {
    this.#leap(block);
    this.#undecided.clear();
  }

  /**
   * Whether a member that holds no block between the beginning of an epoch and this one knows the membership after it: nobody
   * voted for a change so far, or it is the last of its epoch and names the next members.
   */
  isFollowable({ epoch, height }: { readonly epoch: Epoch; readonly height: Height }): boolean {
    if (this.epoch((epoch + 1n) as Epoch)?.root.height === height) return true;
    const firstVote = this.#firstVotes.get(epoch);
    return epoch <= this.#current.epoch && (firstVote === undefined || height < firstVote);
  }

  #leap(block: Block): void {
    const { epoch } = this.#current;
    const next = membershipAfterLast(this.#current, block);
    if (next === undefined) return;
    // What was voted for in it is not known here before the blocks are: nobody is told to leap into it.
    this.#firstVotes.set(epoch, 0n);
    this.#enter(next);
  }

  #enter(membership: Membership): void {
    this.#current = membership;
    if (this.#epochs.at(-1)?.epoch !== membership.epoch) this.#epochs.push(membership);
  }

  /** @throws when it contradicts the blocks before it: a quorum certified what is not valid here. */
  #take(block: Block): void {
    const judgement = judgeMembership(this.#current, block);
    if (!judgement.ok) throw new Error(`final block ${block.header.height}: ${judgement.fault}`);
    const { epoch } = this.#current;
    const isFirst = judgement.membership.ballots.length > 0 && !this.#firstVotes.has(epoch);
    if (isFirst) this.#firstVotes.set(epoch, block.header.height);
    this.#enter(judgement.membership);
  }
}
