import type { Block } from '#libs/chain/block.ts';
import type { BlockDraft } from '#libs/chain/block-draft.ts';
import type { Digest, Height, MemberIndex } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { BlockPort } from '#libs/replica/ports.ts';
import type { HeldBlock, SharedJudge } from '../chain/shared-judge.ts';
import type { Disk } from '../disk/disk.ts';
import { Fetcher, type FetcherWorld } from './fetcher.ts';
import type { SimulatedMempool } from './simulated-mempool.ts';
import { VerdictsUpon } from './verdicts-upon.ts';
import type { WantedBody } from './wanted-body.ts';

/** The parts of the world that the blocks of a member need. */
export interface BlocksWorld extends FetcherWorld {
  readonly judge: SharedJudge;
  readonly disk: Disk<unknown>;
  readonly mempool: SimulatedMempool;
  /** Does a write of final blocks, durably. */
  commit(write: () => void): void;
  committed(held: HeldBlock): void;
  /** A decided block does not extend the chain. */
  contradicted(decided: Digest, final: Digest | undefined): void;
  /** Wall clock of this member: for the timestamps of its blocks, and nothing else. */
  nowMs(): bigint;
  /** The chain grew, and its final transactions left the mempool. */
  grown(): void;
  /** The chain has a new top. */
  moved(): void;
}

/** A block by digest and height. */
interface Place {
  readonly digest: Digest;
  readonly height: bigint;
}

const BUILD_MS = 1;
const ANCESTORS_PER_ANSWER = 16;

/** Blocks of one member from start to crash: bodies held on the disk, missing ones fetched from the others. */
export class Blocks implements BlockPort {
  readonly #world: BlocksWorld;
  readonly #wanted = new Map<Digest, WantedBody>();
  readonly #fetcher: Fetcher;
  readonly #verdicts: VerdictsUpon;

  constructor(world: BlocksWorld) {
    this.#world = world;
    this.#verdicts = new VerdictsUpon(world.judge, world.disk);
    this.#fetcher = new Fetcher(world, (digest) => this.#wanted.get(digest)?.isHere === false);
  }

  /** Blocks that are waited for. */
  get waiting(): number {
    return this.#wanted.size;
  }

  build({ view }: Position, draft: BlockDraft, done: (block: Block) => void): void {
    const { judge, disk, me, mempool, later, nowMs } = this.#world;
    const { mode, timestampMs, proposer, height, parent } = draft;
    this.#whenHeld({ digest: parent, height: height - 1n }, me, (held) => {
      if (!this.#verdicts.isFoundation(held)) return later(BUILD_MS, () => done(held.block));
      const transactions = mode === 'empty' ? [] : mempool.choose(held.transactions);
      const built = judge.build({ view, proposer, transactions, nowMs: timestampMs ?? nowMs() }, held);
      disk.put(built);
      later(BUILD_MS, () => done(built.block));
    });
  }

  check(block: Block, from: MemberIndex, done: (ok: boolean) => void): void {
    const { parent: digest, height } = block.header;
    this.#whenHeld({ digest, height: height - 1n }, from, (parent) => {
      const ok = this.#hold(block, parent);
      this.#verdicts.tell(parent, () => done(ok));
    });
  }

  fetch(
    certificate: QuorumCertificate,
    from: MemberIndex,
    done: (ok: boolean, height: Height, block?: Block) => void,
  ): void {
    this.#whenHeld(certificate, from, ({ block }) => done(true, certificate.height, block));
  }

  commit(certificate: QuorumCertificate, from: MemberIndex): void {
    this.#whenHeld(certificate, from, (held) => this.#extendChain(certificate, held));
  }

  /** Answers a member that asks: the block and some of its ancestors, which it may lack too. */
  serve(digest: Digest): readonly Block[] {
    const { blocks } = this.#world.disk;
    const answer: Block[] = [];
    let held = blocks.get(digest);
    while (held !== undefined && answer.length < ANCESTORS_PER_ANSWER && held.block.header.height > 0n) {
      answer.push(held.block);
      held = blocks.get(held.block.header.parent);
    }
    return answer;
  }

  /**
   * Takes in an answer. A block is believed only when it is wanted, by its digest and with the very transactions of
   * its header. A block that asks for its parent makes the next one in the answer wanted.
   */
  receive(from: MemberIndex, blocks: readonly Block[]): void {
    const { judge } = this.#world;
    for (const block of blocks.slice(0, ANCESTORS_PER_ANSWER)) {
      const wanted = this.#wanted.get(block.digest);
      if (wanted === undefined || wanted.isHere || !judge.isGenuine(block)) continue;
      wanted.isHere = true;
      this.check(block, from, () => {});
    }
  }

  /** Holds the block if it is valid upon its parent, and tells the waiting callers. */
  #hold(block: Block, parent: HeldBlock): boolean {
    const { disk, judge } = this.#world;
    const { digest } = block;
    if (disk.blocks.has(digest)) return true;
    const held = judge.judge(block, parent);
    if (held === undefined) return false;
    disk.put(held);
    const waiters = this.#wanted.get(digest)?.waiters ?? [];
    this.#wanted.delete(digest);
    for (const waiter of waiters) waiter(held);
    return true;
  }

  /** Calls back once the block is held; asks `from` and then the others for it meanwhile. */
  #whenHeld({ digest, height }: Place, from: MemberIndex, waiter: (held: HeldBlock) => void): void {
    const { disk } = this.#world;
    const held = disk.blocks.get(digest);
    if (held !== undefined) return waiter(held);
    if (height <= disk.height) return; // The block lost against a final one: nobody will ever need it.
    const wanted = this.#wanted.get(digest);
    if (wanted !== undefined) wanted.waiters.push(waiter);
    else this.#wanted.set(digest, { height, waiters: [waiter], isHere: false });
    this.#fetcher.start(digest, from);
  }

  #extendChain(certificate: QuorumCertificate, target: HeldBlock): void {
    const { disk, commit, committed, mempool, grown, moved, contradicted } = this.#world;
    const { digest } = certificate;
    const fresh: HeldBlock[] = [];
    let held: HeldBlock | undefined = target;
    while (held !== undefined && held.block.header.height > disk.height) {
      fresh.push(held);
      held = disk.blocks.get(held.block.header.parent);
    }
    const height = Number(held?.block.header.height);
    if (held?.block.digest !== disk.chain[height]) return contradicted(digest, disk.chain[height]);
    if (fresh.length > 0) {
      fresh.reverse();
      const digests = fresh.map(({ block }) => block.digest);
      commit(() => disk.extend(certificate, digests));
      for (const each of fresh) committed(each);
      moved();
      for (const [lost, wanted] of this.#wanted) if (wanted.height <= disk.height) this.#wanted.delete(lost);
      this.#verdicts.finalised(fresh);
    }
    const { top } = disk;
    if (top !== undefined) mempool.drop(top.transactions);
    grown();
  }
}
