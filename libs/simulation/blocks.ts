import { assert } from '../assert/assert.ts';
import { type Block, headerDigest } from '../chain/block.ts';
import type { Digest, Height, MemberIndex, View } from '../chain/ids.ts';
import type { QuorumCertificate } from '../protocol/certificate.ts';
import type { BlockPort } from '../replica/ports.ts';
import type { BlockJudge, HeldBlock } from './block-judge.ts';
import type { Disk } from './disk.ts';
import { Fetcher, type FetcherWorld } from './fetcher.ts';
import type { Mempool } from './mempool.ts';

/** What the blocks of a member need of the world. */
export interface BlocksWorld extends FetcherWorld {
  readonly judge: BlockJudge;
  readonly disk: Disk<unknown>;
  readonly mempool: Mempool;
  committed(held: HeldBlock): void;
  /** A decided block does not extend the chain. */
  contradicted(decided: Digest, final: Digest | undefined): void;
  /** Wall clock of this member: for the timestamps of its blocks, and nothing else. */
  nowMs(): bigint;
  /** The chain grew, and the mempool shrank by what is final now. */
  grown(): void;
}

type Waiter = (held: HeldBlock | undefined) => void;

const BUILD_MS = 1;
const ANCESTORS_PER_ANSWER = 16;
const ORPHANS_MAX = 256;

/** Blocks of one member from start to crash: bodies held on the disk, missing ones fetched from the others. */
export class Blocks implements BlockPort {
  readonly #world: BlocksWorld;
  readonly #waiters = new Map<Digest, Waiter[]>();
  readonly #orphans = new Map<Digest, Block>();
  readonly #fetcher: Fetcher;

  constructor(world: BlocksWorld) {
    this.#world = world;
    this.#fetcher = new Fetcher(world, (digest) => this.#waiters.has(digest) && !this.#orphans.has(digest));
  }

  build(view: View, parent: QuorumCertificate, done: (block: Block) => void): void {
    const { judge, disk, me, mempool, later, nowMs } = this.#world;
    this.#whenHeld(parent.digest, me, (held) => {
      if (held === undefined) return;
      const facts = { view, proposer: me, transactions: mempool.choose(held.transactions), nowMs: nowMs() };
      const built = judge.build(facts, held);
      disk.put(built);
      later(BUILD_MS, () => done(built.block));
    });
  }

  check(block: Block, from: MemberIndex, done: (ok: boolean) => void): void {
    this.#whenHeld(block.digest, undefined, (held) => done(held !== undefined));
    this.#offer(block, from);
  }

  fetch(
    { digest, height }: QuorumCertificate,
    from: MemberIndex,
    done: (ok: boolean, height: Height) => void,
  ): void {
    this.#whenHeld(digest, from, (held) => done(held !== undefined, height));
  }

  commit(certificate: QuorumCertificate, from: MemberIndex): void {
    this.#whenHeld(certificate.digest, from, (held) => {
      assert(held !== undefined, 'a decided block is valid');
      this.#extendChain(certificate, held);
    });
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

  /** Takes in an answer. Only what was asked for is believed, and that by its digest. */
  receive(from: MemberIndex, blocks: readonly Block[]): void {
    for (const block of blocks) {
      if (headerDigest(block.header) === block.digest) this.#offer(block, from);
    }
  }

  #offer(block: Block, from: MemberIndex): void {
    const { disk, judge } = this.#world;
    if (disk.blocks.has(block.digest)) return;
    const parent = disk.blocks.get(block.header.parent);
    if (parent === undefined) {
      if (this.#orphans.size < ORPHANS_MAX) this.#orphans.set(block.digest, block);
      return this.#whenHeld(block.header.parent, from, () => {});
    }
    const held = judge.judge(block, parent);
    if (held !== undefined) disk.put(held);
    this.#settle(block.digest, held, from);
  }

  #settle(digest: Digest, held: HeldBlock | undefined, from: MemberIndex): void {
    const waiters = this.#waiters.get(digest) ?? [];
    this.#waiters.delete(digest);
    this.#orphans.delete(digest);
    for (const waiter of waiters) waiter(held);
    if (held === undefined) return;
    for (const orphan of [...this.#orphans.values()]) {
      if (orphan.header.parent === digest) this.#offer(orphan, from);
    }
  }

  /** Calls back once the block is held; with `from`, asks it and then the others for it meanwhile. */
  #whenHeld(digest: Digest, from: MemberIndex | undefined, waiter: Waiter): void {
    const held = this.#world.disk.blocks.get(digest);
    if (held !== undefined) return waiter(held);
    const waiters = this.#waiters.get(digest);
    if (waiters !== undefined) waiters.push(waiter);
    else this.#waiters.set(digest, [waiter]);
    if (from !== undefined) this.#fetcher.start(digest, from);
  }

  #extendChain(certificate: QuorumCertificate, target: HeldBlock): void {
    const { disk, committed, mempool, grown, contradicted } = this.#world;
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
      disk.extend(
        certificate,
        fresh.map(({ block }) => block.digest),
      );
      for (const each of fresh) committed(each);
    }
    const { top } = disk;
    if (top !== undefined) mempool.drop(top.transactions);
    grown();
  }
}
