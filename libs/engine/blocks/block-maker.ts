import { assert } from '#libs/assert/assert.ts';
import type { ApplicationRules } from '#libs/chain/application-rules.ts';
import type { Block, BlockHeader } from '#libs/chain/block.ts';
import type { BlockDraft, TimedDraft } from '#libs/chain/block-draft.ts';
import { type BlockLimits, type BlockWithFrontier, buildBlock } from '#libs/chain/block-rules.ts';
import { HEADER_EXTENSIONS } from '#libs/chain/header-extensions.ts';
import { type Digest, type Epoch, type Height, toHeight, type View } from '#libs/chain/ids.ts';
import type { SectionRoot } from '#libs/chain/section-roots.ts';
import { type Transaction, transactionFault } from '#libs/chain/transaction.ts';
import { ballotRoots } from '#libs/membership/ballots.ts';
import { admissible, type Membership, openersAt, takeVotes } from '#libs/membership/membership.ts';
import type { MembershipBook } from '../membership/membership-book.ts';
import type { ChainPort, ClockPort } from '../ports/engine-ports.ts';
import type { HaltHeight } from '../ports/halt-height.ts';
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
  readonly haltHeight?: HaltHeight | undefined;
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
   * The block of a draft upon a held one; or the parent itself where nothing may extend it, so that it is proposed again:
   * it is the last of the epoch or before a halt, or undecided and the application knows no undecided parent. Undefined when the
   * parent is not held.
   */
  make(draft: BlockDraft, view: View): BlockWithFrontier | Block | undefined {
    const { chain, clock, book, application, epoch } = this.#options;
    const { parent, proposer, extension } = draft;
    const header = chain.headerOf(parent);
    const frontier = chain.frontierOf(parent);
    const membership = book.after(parent);
    if (header === undefined || frontier === undefined || membership === undefined) return undefined;
    if (membership.epoch !== epoch) return chain.blockOf(parent);
    if (!this.#mayExtend(header)) return chain.blockOf(parent);
    const height = toHeight(header.height + 1n);
    assert(
      draft.height === height,
      `a draft of height ${draft.height} names a parent of height ${header.height}`,
    );
    const timed = { ...draft, timestampMs: draft.timestampMs ?? BigInt(clock.nowMs()) };
    const chosen = admissible(membership, this.#fill(timed), height);
    const openers = openersAt(membership, height).map(({ transaction }) => transaction);
    const isLast = membership.adopted?.lastHeight === height;
    return buildBlock({
      parent: { header, digest: parent },
      frontier,
      stateAfter: application.stateAfter,
      root: application.root,
      ...{ view, proposer, epoch },
      nowMs: timed.timestampMs,
      transactions: [...openers, ...chosen],
      others: isLast ? [] : votedRoots(membership, chosen, height),
      extensions: extension === undefined ? [] : [{ tag: HEADER_EXTENSIONS.protocol, content: extension }],
    });
  }

  #mayExtend({ height }: BlockHeader): boolean {
    const { application, chain, haltHeight } = this.#options;
    if (haltHeight?.isReached(height)) return false;
    return application.root === 'same-block' || height <= chain.tip().header.height;
  }

  /** The transactions that the application puts into a block, within the limits, and those of the members themselves. */
  #fill(draft: TimedDraft): readonly Transaction[] {
    const { chain, mempool, limits, application } = this.#options;
    const { transactionsMax: countMax, bytesMax } = limits;
    const exclude = chain.undecidedTransactions(draft.parent);
    const waiting = draft.mode === 'empty' ? [] : mempool.take({ countMax, bytesMax, exclude });
    const filled = application.fill(draft, waiting);
    const own = waiting.filter((each) => each.kind === 'system' && !filled.includes(each));
    return fitting([...own, ...filled], limits);
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

/** The first of these transactions that fit into a block: an application may have chosen more, or twice. */
function fitting(chosen: readonly Transaction[], limits: BlockLimits): readonly Transaction[] {
  const taken = new Map<Digest, Transaction>();
  let sizeBytes = 0;
  for (const each of chosen) {
    if (taken.size === limits.transactionsMax) break;
    const isFit = sizeBytes + each.bytes.length <= limits.bytesMax && !taken.has(each.hash);
    if (!isFit || transactionFault(each, limits.transactionBytesMax) !== undefined) continue;
    taken.set(each.hash, each);
    sizeBytes += each.bytes.length;
  }
  return [...taken.values()];
}
