import { assert } from '#libs/assert/assert.ts';
import type { ApplicationRules } from '#libs/chain/application-rules.ts';
import type { Block } from '#libs/chain/block.ts';
import { type BlockLimits, type BlockWithFrontier, buildBlock } from '#libs/chain/block-rules.ts';
import {
  type Digest,
  type Epoch,
  type Height,
  type MemberIndex,
  toHeight,
  type View,
} from '#libs/chain/ids.ts';
import type { SectionRoot } from '#libs/chain/section-roots.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import { ballotRoots } from '#libs/membership/ballots.ts';
import { admissible, type Membership, openersAt, takeVotes } from '#libs/membership/membership.ts';
import type { MembershipBook } from '../membership/membership-book.ts';
import type { ChainPort, ClockPort } from '../ports/engine-ports.ts';
import type { Mempool } from '../transactions/mempool.ts';

export interface MakerOptions {
  readonly chain: ChainPort;
  readonly mempool: Mempool;
  readonly clock: Pick<ClockPort, 'nowMs'>;
  readonly book: MembershipBook;
  readonly limits: BlockLimits;
  readonly application: ApplicationRules;
  /** Epoch of the engine that proposes. */
  readonly epoch: Epoch;
}

/**
 * Makes the blocks that this member proposes, from the openers that the membership demands and from waiting
 * transactions.
 */
export class BlockMaker {
  readonly #options: MakerOptions;

  constructor(options: MakerOptions) {
    this.#options = options;
  }

  /**
   * A new block upon a held one, or the parent itself when it is the last of the epoch: nothing of this epoch may extend
   * it, so it is proposed again. Undefined when the parent is not held.
   */
  make(parent: Digest, by: { view: View; proposer: MemberIndex }): BlockWithFrontier | Block | undefined {
    const { chain, mempool, clock, book, limits, application, epoch } = this.#options;
    const header = chain.headerOf(parent);
    const frontier = chain.frontierOf(parent);
    const membership = book.after(parent);
    if (header === undefined || frontier === undefined || membership === undefined) return undefined;
    if (membership.epoch !== epoch) return chain.blockOf(parent);
    const height = toHeight(header.height + 1n);
    const { transactionsMax: countMax, bytesMax } = limits;
    const exclude = chain.undecidedTransactions(parent);
    const chosen = admissible(membership, mempool.take({ countMax, bytesMax, exclude }), height);
    const openers = openersAt(membership, height).map(({ transaction }) => transaction);
    const isLast = membership.adopted?.lastHeight === height;
    return buildBlock({
      parent: { header, digest: parent },
      frontier,
      stateAfter: application.stateAfter,
      ...by,
      epoch,
      nowMs: BigInt(clock.nowMs()),
      transactions: [...openers, ...chosen],
      others: isLast ? [] : votedRoots(membership, chosen, height),
    });
  }
}

/** The section roots of the ballots after a block of admissible transactions that is not the last of its epoch. */
function votedRoots(
  before: Membership,
  transactions: readonly Transaction[],
  height: Height,
): readonly SectionRoot[] {
  const taken = takeVotes(before, transactions, height);
  assert(taken.ok, 'admissible votes can be taken');
  return ballotRoots(taken.membership);
}
