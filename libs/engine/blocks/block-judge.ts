import { assert } from '#libs/assert/assert.ts';
import type { ApplicationRules } from '#libs/chain/application-rules.ts';
import type { Block } from '#libs/chain/block.ts';
import {
  type BlockContext,
  type BlockLimits,
  type BlockWithFrontier,
  judgeBlock,
} from '#libs/chain/block-rules.ts';
import type { Frontier } from '#libs/chain/frontier.ts';
import type { HeaderRule } from '#libs/chain/header-rules.ts';
import type { Digest } from '#libs/chain/ids.ts';
import { withoutOpeners } from '#libs/chain/system-transactions.ts';
import { ballotRoots } from '#libs/membership/ballots.ts';
import { judgeMembership, type Membership, openersAt } from '#libs/membership/membership.ts';
import type { MembershipBook } from '../membership/membership-book.ts';
import type { ChainPort } from '../ports/engine-ports.ts';

/** A block that was judged, with the state tree and the membership up to and with it. */
export interface JudgedBlock extends BlockWithFrontier {
  readonly membership: Membership;
}

export type Judgement =
  | { readonly ok: true; readonly frontier: Frontier; readonly membership: Membership }
  | { readonly ok: false; readonly fault: string };

export interface JudgeOptions {
  readonly chain: ChainPort;
  readonly book: MembershipBook;
  readonly limits: BlockLimits;
  readonly application: ApplicationRules;
  /** Of the protocol that decides the blocks. */
  readonly follows: HeaderRule;
}

/** Judges blocks by the rules of the chain and of the membership. Holds nothing. */
export class BlockJudge {
  readonly #options: JudgeOptions;

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /** Judges a block whose parent is held. */
  uponHeld(block: Block): Judgement {
    const { chain, book } = this.#options;
    const { parent } = block.header;
    const header = chain.headerOf(parent);
    const frontier = chain.frontierOf(parent);
    const membership = book.after(parent);
    if (header === undefined || frontier === undefined) return { ok: false, fault: 'unknown parent' };
    if (membership === undefined) return { ok: false, fault: 'parent below the final chain' };
    const undecided = chain.undecidedTransactions(parent);
    const isEarlier = (hash: Digest): boolean => undecided.has(hash) || chain.isCommitted(hash);
    return this.#judged(block, membership, { parent: { header, digest: parent }, frontier, isEarlier });
  }

  /** Judges a block whose parent was judged but is not held, or is the tip. */
  next(block: Block, upon: JudgedBlock | undefined, isJudged: (hash: Digest) => boolean): Judgement {
    const { chain, book } = this.#options;
    const { header, digest } = upon?.block ?? chain.tip();
    const frontier = upon?.frontier ?? chain.frontierOf(digest);
    const membership = upon?.membership ?? book.current;
    assert(frontier !== undefined, 'the state of the tip is always held');
    const isEarlier = (hash: Digest): boolean => isJudged(hash) || chain.isCommitted(hash);
    return this.#judged(block, membership, { parent: { header, digest }, frontier, isEarlier });
  }

  #judged(
    block: Block,
    before: Membership,
    context: Omit<JudgeContext, 'limits' | 'application' | 'follows'>,
  ): Judgement {
    const { limits, application, follows } = this.#options;
    return judgeUpon(block, before, { ...context, limits, application, follows });
  }
}

/** Whether the transactions of a block are more than the genesis allows; openers count for no limit. */
export function isOversized({ transactions }: Block, limits: BlockLimits): boolean {
  const sizes = withoutOpeners(transactions).map(({ bytes }) => bytes.length);
  const sum = sizes.reduce((all, size) => all + size, 0);
  const isTooLong = (size: number): boolean => size > limits.transactionBytesMax;
  return sizes.length > limits.transactionsMax || sum > limits.bytesMax || sizes.some(isTooLong);
}

interface JudgeContext extends Pick<BlockContext, 'parent' | 'frontier' | 'limits' | 'follows'> {
  readonly application: ApplicationRules;
  /** Whether a transaction is in an ancestor of the block. */
  readonly isEarlier: (hash: Digest) => boolean;
}

/** Judges a block by all rules, upon its parent and the membership after the parent. */
export function judgeUpon(block: Block, before: Membership, context: JudgeContext): Judgement {
  const { epoch } = before;
  const { application, isEarlier, ...upon } = context;
  const openers = openersAt(before, context.parent.header.height + 1n);
  const after = judgeMembership(before, block);
  if (!after.ok) return after;
  const { membership } = after;
  const judgement = judgeBlock(block, {
    ...upon,
    ...{ epoch, openers, others: ballotRoots(membership) },
    stateAfter: application.stateAfter,
    root: application.root,
    repeats: application.repeatsUpon(isEarlier),
  });
  return judgement.ok ? { ok: true, frontier: judgement.frontier, membership } : judgement;
}
