import { assert } from '#libs/assert/assert.ts';
import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import type { Frontier } from '#libs/chain/frontier.ts';
import type { Digest, Height } from '#libs/chain/ids.ts';
import { CHUNK_TRANSACTIONS, chunkCount, frontierOfOutline } from '#libs/chain/state-chunks.ts';
import { sectionRoot } from '#libs/chain/state-sections.ts';
import type { SnapshotBase } from '#libs/engine/membership/membership-book.ts';
import type {
  HistoryGap,
  SnapshotPort,
  StagedSnapshot,
  TransactionState,
} from '#libs/engine/ports/snapshot-ports.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { BranchTransactions } from '../chain/branch-transactions.ts';
import type { HeldBlock } from '../chain/shared-judge.ts';
import { ChainGap } from './chain-gap.ts';
import { chunkOf, HASH_BYTES, hashesIn, outlineOf } from './snapshot-chunks.ts';
import { StagedFiles } from './staged-files.ts';
import type { StoreOwner } from './store-owner.ts';

/**
 * Snapshots in the store of production, over the simulated disk. Data that a power cut destroys can be fetched again.
 */
export class NodeSnapshots implements SnapshotPort {
  readonly #owner: StoreOwner;
  readonly #gap: ChainGap;
  readonly #staged: StagedFiles;

  constructor(owner: StoreOwner) {
    this.#owner = owner;
    this.#gap = new ChainGap(owner.disk);
    this.#staged = new StagedFiles(owner.disk);
  }

  snapshotAt(height: Height): TransactionState | undefined {
    const held = this.#at(height);
    return held && { block: held.block, outline: outlineOf(held) };
  }

  chunkAt(height: Height, number: number): Uint8Array | undefined {
    const held = this.#at(height);
    if (held === undefined || number >= chunkCount(held.frontier.size)) return undefined;
    return chunkOf([...held.transactions], number);
  }

  staged(): StagedSnapshot | undefined {
    return this.#staged.value;
  }

  stage(snapshot: StagedSnapshot): void {
    this.#owner.effect('stage', () => this.#staged.set(snapshot));
  }

  unstage(): void {
    this.#owner.effect('unstage', () => this.#staged.set(undefined));
  }

  missingChunks(): readonly number[] {
    return this.#staged.missing();
  }

  putChunk(number: number, hashes: Uint8Array): void {
    this.#owner.effect('put chunk', () => this.#staged.put(number, hashes));
  }

  install(): void {
    const { block, outline, others, certificate } = this.#staged.taken();
    const { disk, endpoint } = this.#owner;
    const chunks = this.#staged.chunks();
    const last = chunks.at(-1) ?? new Uint8Array();
    const isShort = last.length / HASH_BYTES < CHUNK_TRANSACTIONS;
    const transactions = frontierOfOutline(outline, isShort ? last : new Uint8Array());
    const frontier =
      others.length === 0 ? transactions : { ...transactions, others: others.map(sectionRoot) };
    const held = {
      block,
      frontier,
      transactions: new BranchTransactions().with(chunks.flatMap(hashesIn)),
    };
    this.#owner.effect('install', () =>
      disk.atomically(() => {
        this.#gap.setBase({ block, others });
        this.#staged.set(undefined);
        disk.jump(certificate, held);
      }),
    );
    this.#owner.observe((observer) => {
      observer.started(endpoint.instance, Number(certificate.height) - 1);
      observer.committed(endpoint.instance, held);
    });
  }

  history(): HistoryGap | undefined {
    const base = this.#gap.base();
    const below = this.#gap.below();
    const certificate = base && this.#owner.disk.proofs.get(Number(base.block.header.height));
    if (below === undefined || certificate === undefined) return undefined;
    const { header, digest } = below.block;
    return { tip: { header, digest }, base: certificate };
  }

  historyFrontier(): Frontier | undefined {
    return this.#gap.below()?.frontier;
  }

  isRecorded(transaction: Digest): boolean {
    return this.#gap.isRecorded(transaction);
  }

  fill(branch: readonly BlockWithFrontier[], certificate: QuorumCertificate): void {
    const { disk, setting } = this.#owner;
    const base = this.#gap.base()?.block.header.height;
    const fillOne = ({ block, frontier }: BlockWithFrontier): void => {
      const parent = disk.blocks.get(block.header.parent);
      assert(parent !== undefined, 'history grows from below');
      if (block.header.height === base) this.#gap.setBase(undefined);
      else disk.fill(setting.judge.hold(block, frontier, parent), certificateOf(block.digest, certificate));
    };
    this.#owner.effect('fill', () =>
      disk.atomically(() => {
        for (const each of branch) fillOne(each);
      }),
    );
  }

  base(): SnapshotBase | undefined {
    return this.#gap.base();
  }

  /** A final block that is held. */
  #at(height: Height): HeldBlock | undefined {
    const { disk } = this.#owner;
    const digest = disk.chain[Number(height)];
    return digest && disk.blocks.get(digest);
  }
}

function certificateOf(digest: Digest, certificate: QuorumCertificate): QuorumCertificate | undefined {
  return certificate.digest === digest ? certificate : undefined;
}
