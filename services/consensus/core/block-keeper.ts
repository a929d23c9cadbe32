import { assert } from '#libs/assert/assert.ts';
import type { Block, BlockHeader } from '#libs/chain/block.ts';
import {
  type BlockContext,
  type BlockLimits,
  buildBlock,
  type ExecutedBlock,
  judgeBlock,
} from '#libs/chain/block-rules.ts';
import type { Frontier } from '#libs/chain/frontier.ts';
import {
  type Digest,
  type Epoch,
  type Height,
  type MemberIndex,
  toHeight,
  type View,
} from '#libs/chain/ids.ts';
import { admissible, handoverAt, judgeMembership, type Membership } from '#libs/membership/membership.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { BlockPort } from '#libs/replica/ports.ts';
import { isBodyOf } from './block-range.ts';
import type { ChainPort, ClockPort, PeerPort } from './engine-ports.ts';
import { WANTED_HEIGHTS_AHEAD_MAX } from './limits.ts';
import type { MembershipBook } from './membership-book.ts';
import type { Mempool } from './mempool.ts';
import { WantedBlocks } from './wanted-blocks.ts';

export interface KeeperOptions {
  readonly me: MemberIndex | undefined;
  /** Of the engine that this keeper belongs to. */
  readonly epoch: Epoch;
  readonly book: MembershipBook;
  readonly limits: BlockLimits;
  /** The certified block is final now, with these blocks, oldest first. */
  readonly onFinal: (blocks: readonly Block[]) => void;
  /** Decided, but a block on the way there is missing. */
  readonly onMissing: (certificate: QuorumCertificate) => void;
  /** Whether what a block says of members is true; at once when it says nothing. Not asked about certified blocks. */
  readonly vouch: (block: Block, done: (ok: boolean) => void) => void;
}

/** A block that was judged, with the state tree and the membership up to and with it. */
export interface JudgedBlock extends ExecutedBlock {
  /** Left out below a snapshot, where the certificate vouches for it. */
  readonly membership?: Membership | undefined;
}

export type Judgement =
  | { readonly ok: true; readonly frontier: Frontier; readonly membership?: Membership }
  | { readonly ok: false; readonly fault: string };

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
    const { me } = this.#options;
    if (me === undefined) return;
    this.#whenHeld(parent.digest, parent.height, me, () => {
      const block = this.#build(view, parent.digest, me);
      if (block !== undefined) done(block);
    });
  }

  #build(view: View, parent: Digest, proposer: MemberIndex): Block | undefined {
    const header = this.#chain.headerOf(parent);
    const frontier = this.#chain.frontierOf(parent);
    const membership = this.#options.book.after(parent);
    if (header === undefined || frontier === undefined || membership === undefined) return undefined;
    // The last block of the epoch: nothing of this epoch may extend it, so it is proposed again.
    if (membership.epoch !== this.#options.epoch) return this.#chain.blockOf(parent);
    const executed = this.#executed(membership, { header, digest: parent, frontier }, { view, proposer });
    this.#hold(executed.block, executed.frontier);
    return executed.block;
  }

  #executed(
    membership: Membership,
    { header, digest, frontier }: { header: BlockHeader; digest: Digest; frontier: Frontier },
    by: { view: View; proposer: MemberIndex },
  ): ExecutedBlock {
    const height = toHeight(header.height + 1n);
    const { transactionsMax: countMax, bytesMax } = this.#options.limits;
    const exclude = this.#chain.undecidedTransactions(digest);
    const chosen = admissible(membership, this.#mempool.take({ countMax, bytesMax, exclude }), height);
    const handover = handoverAt(membership, height);
    return buildBlock({
      parent: { header, digest },
      frontier,
      ...by,
      epoch: membership.epoch,
      nowMs: BigInt(this.#clock.nowMs()),
      transactions: handover === undefined ? chosen : [handover, ...chosen],
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
    this.#options.book.finalised(blocks);
    this.#wanted.prune(certificate.height);
    this.#options.onFinal(blocks);
  }

  /** A block that was asked for by digest. @returns what is wrong with it, or undefined. */
  receive(block: Block, from: MemberIndex): string | undefined {
    if (!this.#wanted.has(block.digest)) return 'not asked for';
    // Before any signature in it is looked at: the digest that was asked for says nothing of these.
    if (!isBodyOf(block)) return 'transactions of another block';
    this.check(copyOf(block), from, () => {});
    return undefined;
  }

  /** Judges a block upon one that was judged but is not held, or upon the tip. Holds nothing. */
  judgeNext(block: Block, upon: JudgedBlock | undefined, isJudged: (hash: Digest) => boolean): Judgement {
    const { header, digest } = upon?.block ?? this.#chain.tip();
    const frontier = upon?.frontier ?? this.#chain.frontierOf(digest);
    const membership = upon?.membership ?? this.#options.book.current;
    assert(frontier !== undefined, 'the state of the tip is always held');
    const isKnownTransaction = (hash: Digest) => isJudged(hash) || this.#chain.isCommitted(hash);
    return this.#judged(block, membership, { parent: { header, digest }, frontier, isKnownTransaction });
  }

  /** Makes judged blocks that grow out of the tip final, by the verified certificate of the last. */
  extend(branch: readonly ExecutedBlock[], certificate: QuorumCertificate): void {
    const blocks = this.#chain.extend(branch, certificate);
    this.#options.book.finalised(blocks);
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
    const membership = this.#options.book.after(parent);
    if (header === undefined || frontier === undefined) return 'unknown parent';
    if (membership === undefined) return 'parent below the final chain';
    const undecided = this.#chain.undecidedTransactions(parent);
    const isKnownTransaction = (hash: Digest) => undecided.has(hash) || this.#chain.isCommitted(hash);
    const context = { parent: { header, digest: parent }, frontier, isKnownTransaction };
    const judgement = this.#judged(block, membership, context);
    if (!judgement.ok) return judgement.fault;
    this.#hold(block, judgement.frontier);
    return undefined;
  }

  /** By the rules of the chain, and those of the membership. */
  #judged(
    block: Block,
    before: Membership,
    context: Pick<BlockContext, 'parent' | 'frontier' | 'isKnownTransaction'>,
  ): Judgement {
    const { epoch } = before;
    const handover = handoverAt(before, context.parent.header.height + 1n);
    const judgement = judgeBlock(block, { ...context, limits: this.#options.limits, epoch, handover });
    if (!judgement.ok) return judgement;
    const { frontier } = judgement;
    const after = judgeMembership(before, block);
    return after.ok ? { ok: true, frontier, membership: after.membership } : after;
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
