import type { ApplicationRules } from '#libs/chain/application-rules.ts';
import type { Block } from '#libs/chain/block.ts';
import type { BlockLimits, BlockWithFrontier } from '#libs/chain/block-rules.ts';
import type { Digest, Epoch, Height, MemberIndex, View } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { BlockPort } from '#libs/replica/ports.ts';
import type { MembershipBook } from '../membership/membership-book.ts';
import type { ChainPort, ClockPort, PeerPort } from '../ports/engine-ports.ts';
import type { Vouching } from '../ports/vouching.ts';
import type { Mempool } from '../transactions/mempool.ts';
import { BlockJudge, type JudgedBlock, type Judgement } from './block-judge.ts';
import { WANTED_HEIGHTS_AHEAD_MAX } from './block-limits.ts';
import { BlockMaker } from './block-maker.ts';
import { isBodyOf } from './range-check.ts';
import { UndecidedHeaders } from './undecided-headers.ts';
import { WantedBlocks } from './wanted-blocks.ts';

export interface KeeperOptions {
  readonly me: MemberIndex | undefined;
  /** Epoch of the engine that this keeper belongs to. */
  readonly epoch: Epoch;
  readonly book: MembershipBook;
  readonly limits: BlockLimits;
  readonly application: ApplicationRules;
  /** Consensus has decided these blocks, and the chain holds them. Lowest first. */
  readonly onOrdered: (blocks: readonly Block[]) => void;
  /** Decided, but a block on the way there is missing. */
  readonly onMissing: (certificate: QuorumCertificate) => void;
  /** A block that was proposed is not valid. */
  readonly onInvalid: (block: Block, from: MemberIndex, fault: string) => void;
  /** A block that was held lost against a final one of its height. */
  readonly onLost: (block: Pick<Block, 'header' | 'digest'>) => void;
  /**
   * Whether the statements of members in a block are true; at once when it has none. Not asked about certified
   * blocks.
   */
  readonly vouch: (block: Block, done: (vouching: Vouching) => void) => void;
}

/**
 * Holds and finalises blocks, made here (block-maker.ts) or judged valid (block-judge.ts); waits for missing
 * ancestors.
 */
export class BlockKeeper implements BlockPort {
  readonly #chain: ChainPort;
  readonly #options: KeeperOptions;
  readonly #wanted: WantedBlocks;
  readonly #maker: BlockMaker;
  readonly #judge: BlockJudge;
  /** Blocks whose evidence and votes are being verified: once for each, however often it comes. */
  readonly #vouching = new Set<Digest>();
  readonly #undecided = new UndecidedHeaders();

  constructor(chain: ChainPort, mempool: Mempool, peers: PeerPort, clock: ClockPort, options: KeeperOptions) {
    this.#chain = chain;
    this.#options = options;
    this.#wanted = new WantedBlocks(peers, clock);
    this.#maker = new BlockMaker({ ...options, chain, mempool, clock });
    this.#judge = new BlockJudge({ ...options, chain });
  }

  stop(): void {
    this.#wanted.stop();
  }

  build(view: View, parent: QuorumCertificate, done: (block: Block) => void): void {
    const { me } = this.#options;
    if (me === undefined) return;
    this.#whenHeld(parent.digest, parent.height, me, () => {
      const block = this.#build(view, parent.digest, me);
      if (block !== undefined) done(block);
    });
  }

  #build(view: View, parent: Digest, proposer: MemberIndex): Block | undefined {
    const made = this.#maker.make(parent, { view, proposer });
    if (made === undefined || !('frontier' in made)) return made;
    this.#hold(made.block, made.frontier);
    return made.block;
  }

  check(block: Block, from: MemberIndex, done: (ok: boolean) => void): void {
    this.#judged(block, from, (fault) => {
      if (fault !== undefined) this.#options.onInvalid(block, from, fault);
      done(fault === undefined);
    });
  }

  fetch(
    certificate: QuorumCertificate,
    from: MemberIndex,
    done: (ok: boolean, height: Height) => void,
  ): void {
    const { digest, height } = certificate;
    this.#whenHeld(digest, height, from, () => done(true, height));
  }

  commit(certificate: QuorumCertificate): void {
    if (this.#chain.frontierOf(certificate.digest) === undefined) {
      return this.#options.onMissing(certificate);
    }
    const blocks = this.#chain.commit(certificate);
    if (blocks.length === 0) return;
    this.#options.book.finalised(blocks);
    this.#wanted.prune(certificate.height);
    this.#finalised(blocks);
  }

  /** Receives a block that was asked for by digest. @returns the fault of the block, or undefined. */
  receive(block: Block, from: MemberIndex): string | undefined {
    if (!this.#wanted.has(block.digest)) return 'not asked for';
    // Checked before any signature in the block: the digest that was asked for does not cover these.
    if (!isBodyOf(block)) return 'transactions of another block';
    if (!this.#vouching.has(block.digest)) this.#judged(copyOf(block), from, () => {});
    return undefined;
  }

  /** Judges a block whose parent was judged but is not held, or is the tip. Holds nothing. */
  judgeNext(block: Block, upon: JudgedBlock | undefined, isJudged: (hash: Digest) => boolean): Judgement {
    return this.#judge.next(block, upon, isJudged);
  }

  /** Makes judged blocks that grow out of the tip final, by the verified certificate of the last. */
  extend(branch: readonly BlockWithFrontier[], certificate: QuorumCertificate): void {
    const blocks = this.#chain.extend(branch, certificate);
    this.#options.book.finalised(blocks);
    for (const { digest } of blocks) this.#wanted.arrived(digest);
    this.#wanted.prune(certificate.height);
    this.#finalised(blocks);
  }

  #finalised(blocks: readonly Block[]): void {
    for (const lost of this.#undecided.finalised(blocks)) this.#options.onLost(lost);
    this.#options.onOrdered(blocks);
  }

  /**
   * Judges a block once its parent is held, and holds it when it is valid. @param done - Called with the fault of the
   * block, or undefined.
   */
  #judged(block: Block, from: MemberIndex, done: (fault: string | undefined) => void): void {
    this.#whenHeld(block.header.parent, (block.header.height - 1n) as Height, from, () => {
      this.#vouched(block, done);
    });
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
    if (this.#chain.frontierOf(block.digest) !== undefined) return undefined;
    const judgement = this.#judge.uponHeld(block);
    if (!judgement.ok) return judgement.fault;
    this.#hold(block, judgement.frontier);
    return undefined;
  }

  #hold(block: Block, frontier: Parameters<ChainPort['putBlock']>[1]): void {
    this.#chain.putBlock(block, frontier);
    this.#undecided.add(block);
    this.#wanted.arrived(block.digest);
  }

  #whenHeld(digest: Digest, height: Height, from: MemberIndex, ready: () => void): void {
    if (this.#chain.frontierOf(digest) !== undefined) return ready();
    const final = this.#chain.tip().header.height;
    if (height <= final) return; // The block lost against a final one: nobody will ever need it.
    const isNear = height <= final + WANTED_HEIGHTS_AHEAD_MAX;
    this.#wanted.wait(digest, height, from, isNear && from !== this.#options.me, ready);
  }
}

/** Frees a block from the network frame that its transactions are views of. */
function copyOf({ header, digest, transactions }: Block): Block {
  return { header, digest, transactions: transactions.map((transaction) => transaction.copy()) };
}
