import type { ApplicationRules } from '#libs/chain/application-rules.ts';
import type { Block } from '#libs/chain/block.ts';
import type { Frontier } from '#libs/chain/frontier.ts';
import { type Digest, type Height, type MemberIndex, toHeight } from '#libs/chain/ids.ts';
import type { ChainPort, ClockPort, PeerPort } from '../ports/engine-ports.ts';
import type { Vouching } from '../ports/vouching.ts';
import type { BlockJudge } from './block-judge.ts';
import { WANTED_HEIGHTS_AHEAD_MAX } from './block-limits.ts';
import { FinalParents } from './final-parents.ts';
import { isBodyOf } from './range-check.ts';
import { UndecidedHeaders } from './undecided-headers.ts';
import { WantedBlocks } from './wanted-blocks.ts';

export interface IntakeOptions {
  readonly me: MemberIndex | undefined;
  readonly chain: ChainPort;
  readonly peers: PeerPort;
  readonly clock: ClockPort;
  readonly judge: Pick<BlockJudge, 'uponHeld'>;
  readonly application: Pick<ApplicationRules, 'root'>;
  /** Whether the statements of members in a block are true; at once when it has none. */
  readonly vouch: (block: Block, done: (vouching: Vouching) => void) => void;
}

/** Blocks on their way into the chain, undecided: waited for, judged once their parent is held, and held when valid. */
export class BlockIntake {
  readonly #options: IntakeOptions;
  readonly #wanted: WantedBlocks;
  /** Blocks whose evidence and votes are being verified: once for each, however often it comes. */
  readonly #vouching = new Set<Digest>();
  readonly #undecided = new UndecidedHeaders();
  readonly #parents = new FinalParents();

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#wanted = new WantedBlocks(options.peers, options.clock);
  }

  stop(): void {
    this.#wanted.stop();
  }

  /** Calls `ready` once the block of this digest is held; asks `from` for it meanwhile. */
  whenHeld(digest: Digest, height: Height, from: MemberIndex, ready: () => void): void {
    const { chain, me } = this.#options;
    if (chain.frontierOf(digest) !== undefined) return ready();
    const final = chain.tip().header.height;
    if (height <= final) return; // The block lost against a final one: nobody will ever need it.
    const isNear = height <= final + WANTED_HEIGHTS_AHEAD_MAX;
    this.#wanted.wait(digest, height, from, isNear && from !== me, ready);
  }

  /** Receives a block that was asked for by digest. @returns the fault of the block, or undefined. */
  receive(block: Block, from: MemberIndex): string | undefined {
    if (!this.#wanted.has(block.digest)) return 'not asked for';
    // Checked before any signature in the block: the digest that was asked for does not cover these.
    if (!isBodyOf(block)) return 'transactions of another block';
    if (!this.#vouching.has(block.digest)) this.judge(copyOf(block), from, () => {});
    return undefined;
  }

  /**
   * Judges a block once its parent is held, and holds it when it is valid. @param done - Called with the fault of the
   * block, or undefined.
   */
  judge(block: Block, from: MemberIndex, done: (fault: string | undefined) => void): void {
    const { parent, height } = block.header;
    const below = height === 0n ? height : toHeight(height - 1n);
    this.whenHeld(parent, below, from, () =>
      this.#whenJudgeable(parent, below, () => this.#vouched(block, done)),
    );
  }

  /** Calls `ready` once the application can judge blocks upon a parent that is held. */
  #whenJudgeable(parent: Digest, height: Height, ready: () => void): void {
    const { chain, application } = this.#options;
    const isFinal = height <= chain.tip().header.height;
    if (isFinal || application.root === 'same-block') ready();
    else this.#parents.wait(parent, height, ready);
  }

  /** Holds a valid block. */
  hold(block: Block, frontier: Frontier): void {
    this.#options.chain.putBlock(block, frontier);
    this.#undecided.add(block);
    this.#wanted.arrived(block.digest);
  }

  /** These blocks are in the chain, by another way than `hold`. */
  arrived(blocks: readonly Block[]): void {
    for (const { digest } of blocks) this.#wanted.arrived(digest);
  }

  /** Forgets what nobody needs once these blocks are final. @returns the blocks that were held and lost against them. */
  finalised(blocks: readonly Block[], height: Height): readonly Pick<Block, 'header' | 'digest'>[] {
    this.#wanted.prune(height);
    this.#parents.finalised(blocks, height);
    return this.#undecided.finalised(blocks);
  }

  /** A block whose signatures could not be judged now is treated as if it had not come: `done` is not called. */
  #vouched(block: Block, done: (fault: string | undefined) => void): void {
    const { digest } = block;
    this.#vouching.add(digest);
    this.#options.vouch(block, (vouching) => {
      this.#vouching.delete(digest);
      if (vouching === 'false') done('evidence or a vote that is not true');
      if (vouching === 'true') done(this.#holdValid(block));
    });
  }

  /** @returns the fault of the block; undefined when it is held now, because it was held before or is valid. */
  #holdValid(block: Block): string | undefined {
    const { chain, judge } = this.#options;
    if (chain.frontierOf(block.digest) !== undefined) return undefined;
    const judgement = judge.uponHeld(block);
    if (!judgement.ok) return judgement.fault;
    this.hold(block, judgement.frontier);
    return undefined;
  }
}

/** Frees a block from the network frame that its transactions are views of. */
function copyOf({ header, digest, transactions }: Block): Block {
  return { header, digest, transactions: transactions.map((transaction) => transaction.copy()) };
}
