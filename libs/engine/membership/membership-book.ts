import type { Block } from '#libs/chain/block.ts';
import type { Digest, Epoch, Height } from '#libs/chain/ids.ts';
import { BALLOTS_SECTION, type StateSection } from '#libs/chain/state-sections.ts';
import { type GivenVote, givenVoteFault } from '#libs/membership/adoption.ts';
import { decodeBallots } from '#libs/membership/ballots.ts';
import { countedFrom } from '#libs/membership/counted-votes.ts';
import {
  judgeMembership,
  type Membership,
  type MembershipJudgement,
  membershipAfterLast,
  membershipWith,
} from '#libs/membership/membership.ts';
import type { MembershipVote } from '#libs/membership/vote.ts';
import type { ChainPort } from '../ports/engine-ports.ts';
import { BallotHistory } from './ballot-history.ts';

/** The members that decide in an epoch, and the block where it starts. */
export type EpochFacts = Pick<Membership, 'epoch' | 'roster' | 'set' | 'terms' | 'root'>;

/** Branches that are remembered; the undecided ones are a few blocks long. */
const REMEMBERED_MAX = 64;

/** The block of the snapshot below which blocks are missing, and the other sections of the state after it. */
export interface SnapshotBase {
  readonly block: Block;
  readonly others: readonly StateSection[];
}

/** The memberships: after the final chain, after every block that is held, and in every epoch so far. */
export class MembershipBook {
  readonly #chain: Pick<ChainPort, 'tip' | 'blockOf'>;
  /** All epochs by number; each change so far began one. */
  readonly #epochs: EpochFacts[];
  readonly #history = new BallotHistory();
  readonly #undecided = new Map<Digest, Membership>();
  #current: Membership;
  /** The membership after the highest block below the gap of a snapshot. */
  #below: { readonly membership: Membership; readonly base: Height } | undefined;

  /** @param past - The final blocks that say something of the membership, oldest first. */
  constructor(
    founding: Membership,
    chain: Pick<ChainPort, 'tip' | 'blockOf'>,
    past: Iterable<Block>,
    base?: SnapshotBase,
  ) {
    this.#chain = chain;
    this.#current = founding;
    this.#epochs = [founding];
    this.#history.restart(founding.root.height, founding);
    this.#replay(past, base);
    // The blocks since then do not touch the members, but some votes may not count any more.
    this.#current = countedFrom(this.#current, chain.tip().header.height + 1n);
  }

  /** The membership after the newest final block. */
  get current(): Membership {
    return this.#current;
  }

  /** The fault of a vote in the block after the tip or a later one of this epoch, beside proofs of keys; or undefined. */
  voteFault(vote: MembershipVote, from: GivenVote['from']): string | undefined {
    return givenVoteFault(this.#current, { vote, from, height: this.#chain.tip().header.height + 1n });
  }

  /** Undefined for an epoch that is not known to have begun. */
  epoch(epoch: Epoch): EpochFacts | undefined {
    return this.#epochs[Number(epoch)];
  }

  /** The membership after a held block that is the tip or grows out of it; undefined for any other. */
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

  /** The membership after the highest block below the gap of a snapshot; undefined when there is no gap. */
  get below(): Membership | undefined {
    return this.#below?.membership;
  }

  /** Blocks were added to the lower side of the gap, oldest first; they are judged. */
  filled(blocks: readonly Block[]): void {
    for (const block of blocks) {
      if (this.#below === undefined) return;
      const { membership, base } = this.#below;
      const judgement = judgeMembership(membership, block);
      if (!judgement.ok) throw new Error(`block ${block.header.height}: ${judgement.fault}`);
      const isClosed = block.header.height >= base;
      this.#below = isClosed ? undefined : { membership: judgement.membership, base };
    }
  }

  /** Whether this member knows the members that decide after a snapshot. @throws when this version cannot follow them. */
  mayLeap(snapshot: SnapshotBase): boolean {
    return this.#after(snapshot) !== undefined;
  }

  /** The block of a snapshot is final, and those below it are not held. */
  leapt(snapshot: SnapshotBase): void {
    this.#leap(snapshot);
    this.#undecided.clear();
  }

  /** The sections of the state beside the transactions after a final block; undefined when they are not known here. */
  sectionsAt(height: Height): readonly StateSection[] | undefined {
    const isLast = this.#epochs.some(({ root }) => root.height === height);
    return isLast ? [] : this.#history.sectionsAt(height);
  }

  /** One block at a time: a member whose votes end soon may vote in every block, and all of them fit no memory. */
  #replay(past: Iterable<Block>, base: SnapshotBase | undefined): void {
    let ahead = base;
    for (const block of past) {
      if (ahead !== undefined && block.header.height >= ahead.block.header.height) {
        this.#leap(ahead);
        ahead = undefined;
      }
      if (block.digest !== base?.block.digest) this.#take(block);
    }
    if (ahead !== undefined) this.#leap(ahead);
  }

  #leap(snapshot: SnapshotBase): void {
    const after = this.#after(snapshot);
    if (after === undefined) throw new Error('a snapshot that this version cannot go on from');
    const { height } = snapshot.block.header;
    this.#below = { membership: this.#current, base: height };
    // The membership in the gap is unknown, so no snapshot as of its blocks is given.
    this.#history.restart(height, after);
    this.#enter(after);
  }

  /** The members that decide after a snapshot: named in the last block of an epoch, or following from the votes. */
  #after({ block, others }: SnapshotBase): Membership | undefined {
    const current = this.#current;
    if (block.header.epoch !== current.epoch) return undefined;
    const next = membershipAfterLast(current, block);
    if (next !== undefined) return others.length === 0 ? certified(block, next) : undefined;
    const [section, ...unknown] = others;
    if (section === undefined) return { ...current, ballots: [], adopted: undefined };
    const ballots = section.tag === BALLOTS_SECTION ? decodeBallots(section.content) : undefined;
    if (ballots === undefined || unknown.length > 0) return undefined;
    return certified(block, membershipWith(current, ballots));
  }

  #enter(membership: Membership): void {
    this.#current = membership;
    if (this.#epochs.at(-1)?.epoch !== membership.epoch) this.#epochs.push(membership);
  }

  /** @throws when the block contradicts those before it. */
  #take(block: Block): void {
    const membership = certified(block, judgeMembership(this.#current, block));
    this.#history.add(block.header.height, membership);
    this.#enter(membership);
  }
}

/** @throws for a fault: a quorum certified a block that is not valid here, or that this version cannot follow. */
function certified({ header }: Block, judgement: MembershipJudgement): Membership {
  if (judgement.ok) return judgement.membership;
  throw new Error(`final block ${header.height}: ${judgement.fault}`);
}
