import { LOG_RULES } from '#libs/chain/application-rules.ts';
import { type Block, headerDigest } from '#libs/chain/block.ts';
import { type BlockLimits, buildBlock, judgeBlock, payloadRootOf } from '#libs/chain/block-rules.ts';
import { EMPTY_FRONTIER, type Frontier } from '#libs/chain/frontier.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import type { HeaderRule } from '#libs/chain/header-rules.ts';
import { type Digest, type Epoch, type MemberIndex, toEpoch, type View } from '#libs/chain/ids.ts';
import type { RootPlace } from '#libs/chain/root-place.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import { BranchTransactions } from './branch-transactions.ts';

/** A valid block with the state tree and the transactions of its branch, up to and with it. */
export interface HeldBlock {
  readonly block: Block;
  readonly frontier: Frontier;
  readonly transactions: BranchTransactions;
}

export interface BlockFacts {
  readonly view: View;
  readonly proposer: MemberIndex;
  readonly transactions: readonly Transaction[];
  readonly nowMs: bigint;
  /** The first when not given. */
  readonly epoch?: Epoch;
}

export const LIMITS: BlockLimits = { transactionsMax: 8, bytesMax: 4_096, transactionBytesMax: 64 };

/** How many transactions a member puts into a block. */
export const TRANSACTIONS_PER_BLOCK = LIMITS.transactionsMax;

/**
 * Judges blocks by the rules of the chain. The verdict depends on the block and its ancestors alone, so all
 * members of a world share one judge and a block is judged once.
 */
export class SharedJudge {
  readonly genesis: HeldBlock;
  /** Where the application of this chain has its roots. */
  readonly root: RootPlace;
  readonly #follows: HeaderRule;
  readonly #valid = new Map<Digest, HeldBlock>();
  readonly #verdicts = new WeakMap<Block, HeldBlock | 'invalid'>();

  constructor(follows: HeaderRule, root: RootPlace = 'same-block') {
    this.root = root;
    this.#follows = follows;
    const block = genesisBlock({ genesisTimeMs: 0n });
    this.genesis = { block, frontier: EMPTY_FRONTIER, transactions: new BranchTransactions() };
    this.#valid.set(block.digest, this.genesis);
  }

  /** The block as it is held, or undefined when it is not valid on this parent. */
  judge(block: Block, parent: HeldBlock): HeldBlock | undefined {
    const known = this.#verdicts.get(block);
    if (known !== undefined) return known === 'invalid' ? undefined : known;
    const judgement = judgeBlock(block, {
      parent: parent.block,
      frontier: parent.frontier,
      limits: LIMITS,
      ...{ epoch: this.genesis.block.header.epoch, root: this.root },
      stateAfter: LOG_RULES.stateAfter,
      repeats: LOG_RULES.repeatsUpon((hash) => parent.transactions.has(hash)),
      follows: this.#follows,
    });
    if (!judgement.ok) {
      this.#verdicts.set(block, 'invalid');
      return undefined;
    }
    return this.#held(block, judgement.frontier, parent);
  }

  /** Whether header, digest and transactions belong together: all that can be judged of a block without its parent. */
  isGenuine(block: Block): boolean {
    if (this.#verdicts.get(block) !== undefined && this.#verdicts.get(block) !== 'invalid') return true;
    const { header, digest, transactions } = block;
    const isWhole = header.transactionCount === transactions.length;
    return isWhole && headerDigest(header) === digest && payloadRootOf(transactions) === header.payloadRoot;
  }

  /** Any valid block that someone made or judged: for the checkers, who see all. */
  find(digest: Digest): HeldBlock | undefined {
    return this.#valid.get(digest);
  }

  build(
    { view, proposer, transactions, nowMs, epoch = toEpoch(0n) }: BlockFacts,
    parent: HeldBlock,
  ): HeldBlock {
    const { block, frontier } = buildBlock({
      ...{ parent: parent.block, frontier: parent.frontier, root: this.root },
      view,
      epoch,
      proposer,
      nowMs,
      transactions,
    });
    return this.#held(block, frontier, parent);
  }

  /** A block that a node judged itself, the same for all that hold this very block. */
  hold(block: Block, frontier: Frontier, parent: HeldBlock): HeldBlock {
    const known = this.#valid.get(block.digest);
    return known?.block === block ? known : this.#held(block, frontier, parent);
  }

  #held(block: Block, frontier: Frontier, parent: HeldBlock): HeldBlock {
    // Nodes that had the block out of different messages hold different copies of it.
    const known = this.#valid.get(block.digest)?.transactions;
    const transactions = known ?? parent.transactions.with(block.transactions.map(({ hash }) => hash));
    const held = { block, frontier, transactions };
    this.#verdicts.set(block, held);
    this.#valid.set(block.digest, held);
    return held;
  }
}
