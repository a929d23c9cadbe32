import type { ApplicationRules } from '#libs/chain/application-rules.ts';
import type { Block } from '#libs/chain/block.ts';
import type { BlockDraft } from '#libs/chain/block-draft.ts';
import type { BlockLimits, BlockWithFrontier } from '#libs/chain/block-rules.ts';
import type { HeaderRule } from '#libs/chain/header-rules.ts';
import {
  type Digest,
  type Epoch,
  type Height,
  type MemberIndex,
  toHeight,
  type View,
} from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { BlockPort } from '#libs/replica/ports.ts';
import type { MembershipBook } from '../membership/membership-book.ts';
import type { ChainPort, ClockPort, PeerPort } from '../ports/engine-ports.ts';
import type { HaltHeight } from '../ports/halt-height.ts';
import type { Vouching } from '../ports/vouching.ts';
import type { Mempool } from '../transactions/mempool.ts';
import { BlockIntake } from './block-intake.ts';
import { BlockJudge, type JudgedBlock, type Judgement } from './block-judge.ts';
import { BlockMaker } from './block-maker.ts';

export interface KeeperOptions {
  readonly me: MemberIndex | undefined;
  /** Epoch of the engine that this keeper belongs to. */
  readonly epoch: Epoch;
  readonly book: MembershipBook;
  readonly limits: BlockLimits;
  readonly application: ApplicationRules;
  readonly haltHeight?: HaltHeight | undefined;
  /** Of the protocol of the epoch. */
  readonly follows: HeaderRule;
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
  readonly #intake: BlockIntake;
  readonly #maker: BlockMaker;
  readonly #judge: BlockJudge;

  constructor(chain: ChainPort, mempool: Mempool, peers: PeerPort, clock: ClockPort, options: KeeperOptions) {
    this.#chain = chain;
    this.#options = options;
    this.#maker = new BlockMaker({ ...options, chain, mempool, clock });
    this.#judge = new BlockJudge({ ...options, chain });
    this.#intake = new BlockIntake({ ...options, chain, peers, clock, judge: this.#judge });
  }

  stop(): void {
    this.#intake.stop();
  }

  build({ view }: Position, draft: BlockDraft, done: (block: Block) => void): void {
    const { me } = this.#options;
    if (me === undefined) return;
    this.#intake.whenHeld(draft.parent, toHeight(draft.height - 1n), me, () => {
      const block = this.#build(view, draft);
      if (block !== undefined) done(block);
    });
  }

  #build(view: View, draft: BlockDraft): Block | undefined {
    const made = this.#maker.make(draft, view);
    if (made === undefined || !('frontier' in made)) return made;
    this.#intake.hold(made.block, made.frontier);
    return made.block;
  }

  check(block: Block, from: MemberIndex, done: (ok: boolean) => void): void {
    this.#intake.judge(block, from, (fault) => {
      if (fault !== undefined) this.#options.onInvalid(block, from, fault);
      done(fault === undefined);
    });
  }

  fetch(
    certificate: QuorumCertificate,
    from: MemberIndex,
    done: (ok: boolean, height: Height, block?: Block) => void,
  ): void {
    const { digest, height } = certificate;
    this.#intake.whenHeld(digest, height, from, () => done(true, height, this.#chain.blockOf(digest)));
  }

  commit(certificate: QuorumCertificate): void {
    if (this.#chain.frontierOf(certificate.digest) === undefined) {
      return this.#options.onMissing(certificate);
    }
    const blocks = this.#chain.commit(certificate);
    if (blocks.length === 0) return;
    this.#options.book.finalised(blocks);
    this.#finalised(blocks, certificate.height);
  }

  /** Receives a block that was asked for by digest. @returns the fault of the block, or undefined. */
  receive(block: Block, from: MemberIndex): string | undefined {
    return this.#intake.receive(block, from);
  }

  /** Judges a block whose parent was judged but is not held, or is the tip. Holds nothing. */
  judgeNext(block: Block, upon: JudgedBlock | undefined, isJudged: (hash: Digest) => boolean): Judgement {
    return this.#judge.next(block, upon, isJudged);
  }

  /** Makes judged blocks that grow out of the tip final, by the verified certificate of the last. */
  extend(branch: readonly BlockWithFrontier[], certificate: QuorumCertificate): void {
    const blocks = this.#chain.extend(branch, certificate);
    this.#options.book.finalised(blocks);
    this.#intake.arrived(blocks);
    this.#finalised(blocks, certificate.height);
  }

  #finalised(blocks: readonly Block[], height: Height): void {
    for (const lost of this.#intake.finalised(blocks, height)) this.#options.onLost(lost);
    this.#options.onOrdered(blocks);
  }
}
