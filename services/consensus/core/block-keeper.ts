import { assert } from '#libs/assert/assert.ts';
import type { Block } from '#libs/chain/block.ts';
import {
  type BlockJudgement,
  type BlockLimits,
  buildBlock,
  type ExecutedBlock,
  judgeBlock,
} from '#libs/chain/block-rules.ts';
import type { Digest, Epoch, Height, MemberIndex, View } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { BlockPort } from '#libs/replica/ports.ts';
import type { ChainPort, ClockPort, PeerPort } from './engine-ports.ts';
import { WANTED_HEIGHTS_AHEAD_MAX } from './limits.ts';
import type { Mempool } from './mempool.ts';
import { WantedBlocks } from './wanted-blocks.ts';

export interface KeeperOptions {
  readonly me: MemberIndex | undefined;
  readonly epoch: Epoch;
  readonly limits: BlockLimits;
  /** The certified block is final now, with these blocks, oldest first. */
  readonly onFinal: (blocks: readonly Block[]) => void;
  /** Decided, but a block on the way there is missing. */
  readonly onMissing: (certificate: QuorumCertificate) => void;
  /** Whether what a block says of members is true; at once when it says nothing. Not asked about certified blocks. */
  readonly vouch: (block: Block, done: (ok: boolean) => void) => void;
}

/** Builds, judges, holds and finalises blocks; waits for what is missing. */
export class BlockKeeper implements BlockPort {
  readonly #chain: ChainPort;
  readonly #mempool: Mempool;
  readonly #clock: ClockPort;
  readonly #options: KeeperOptions;
  readonly #wanted: WantedBlocks;

  constructor(chain: ChainPort, mempool: Mempool, peers: PeerPort, clock: ClockPort, options: KeeperOptions) {
    this.#chain = chain;
    this.#mempool = mempool;
    this.#clock = clock;
    this.#options = options;
    this.#wanted = new WantedBlocks(peers, clock);
  }

  stop(): void {
    this.#wanted.stop();
  }

  build(view: View, parent: QuorumCertificate, done: (block: Block) => void): void {
    const { me, epoch, limits } = this.#options;
    if (me === undefined) return;
    this.#whenHeld(parent.digest, parent.height, me, () => {
      const header = this.#chain.headerOf(parent.digest);
      const frontier = this.#chain.frontierOf(parent.digest);
      if (header === undefined || frontier === undefined) return;
      const transactions = this.#mempool.take({
        countMax: limits.transactionsMax,
        bytesMax: limits.bytesMax,
        exclude: this.#chain.undecidedTransactions(parent.digest),
      });
      const executed = buildBlock({
        parent: { header, digest: parent.digest },
        frontier,
        view,
        epoch,
        proposer: me,
        nowMs: BigInt(this.#clock.nowMs()),
        transactions,
      });
      this.#hold(executed.block, executed.frontier);
      done(executed.block);
    });
  }

  check(block: Block, from: MemberIndex, done: (ok: boolean) => void): void {
    this.#whenHeld(block.header.parent, (block.header.height - 1n) as Height, from, () => {
      this.#options.vouch(block, (isTrue) => done(isTrue && this.#judge(block) === undefined));
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
    this.#wanted.prune(certificate.height);
    this.#options.onFinal(blocks);
  }

  /** A block that was asked for by digest. @returns what is wrong with it, or undefined. */
  receive(block: Block, from: MemberIndex): string | undefined {
    if (!this.#wanted.has(block.digest)) return 'not asked for';
    this.check(copyOf(block), from, () => {});
    return undefined;
  }

  /** Judges a block upon one that was judged but is not held, or upon the tip. Holds nothing. */
  judgeNext(
    block: Block,
    upon: ExecutedBlock | undefined,
    isJudged: (hash: Digest) => boolean,
  ): BlockJudgement {
    const { header, digest } = upon?.block ?? this.#chain.tip();
    const frontier = upon?.frontier ?? this.#chain.frontierOf(digest);
    assert(frontier !== undefined, 'the state of the tip is always held');
    return judgeBlock(block, {
      parent: { header, digest },
      frontier,
      limits: this.#options.limits,
      isKnownTransaction: (hash) => isJudged(hash) || this.#chain.isCommitted(hash),
    });
  }

  /** Makes judged blocks that grow out of the tip final, by the verified certificate of the last. */
  extend(branch: readonly ExecutedBlock[], certificate: QuorumCertificate): void {
    const blocks = this.#chain.extend(branch, certificate);
    for (const { digest } of blocks) this.#wanted.arrived(digest);
    this.#wanted.prune(certificate.height);
    this.#options.onFinal(blocks);
  }

  /** Holds the block if it is valid. @returns what is wrong with it, or undefined. */
  #judge(block: Block): string | undefined {
    if (this.#chain.frontierOf(block.digest) !== undefined) return undefined;
    const parent = block.header.parent;
    const header = this.#chain.headerOf(parent);
    const frontier = this.#chain.frontierOf(parent);
    if (header === undefined || frontier === undefined) return 'unknown parent';
    const undecided = this.#chain.undecidedTransactions(parent);
    const judgement = judgeBlock(block, {
      parent: { header, digest: parent },
      frontier,
      limits: this.#options.limits,
      isKnownTransaction: (hash: Digest) => undecided.has(hash) || this.#chain.isCommitted(hash),
    });
    if (!judgement.ok) return judgement.fault;
    this.#hold(block, judgement.frontier);
    return undefined;
  }

  #hold(block: Block, frontier: Parameters<ChainPort['putBlock']>[1]): void {
    this.#chain.putBlock(block, frontier);
    this.#wanted.arrived(block.digest);
  }

  #whenHeld(digest: Digest, height: Height, from: MemberIndex, ready: () => void): void {
    if (this.#chain.frontierOf(digest) !== undefined) return ready();
    const final = this.#chain.tip().header.height;
    if (height <= final) return; // It lost against a final block: nobody will ever need it.
    const isNear = height <= final + WANTED_HEIGHTS_AHEAD_MAX;
    this.#wanted.wait(digest, height, from, isNear && from !== this.#options.me, ready);
  }
}

/** Frees a block from the network frame that its transactions are views of; `slice` of a Buffer would be another view. */
function copyOf({ header, digest, transactions }: Block): Block {
  return { header, digest, transactions: transactions.map((transaction) => new Uint8Array(transaction)) };
}
