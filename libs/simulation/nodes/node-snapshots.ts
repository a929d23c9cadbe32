import { assert } from '#libs/assert/assert.ts';
import { toHex } from '#libs/bytes/hex.ts';
import type { Block } from '#libs/chain/block.ts';
import type { ExecutedBlock } from '#libs/chain/block-rules.ts';
import type { Frontier } from '#libs/chain/frontier.ts';
import { type Digest, digestBytes, type Height, toDigest } from '#libs/chain/ids.ts';
import {
  CHUNK_TRANSACTIONS,
  chunkCount,
  chunkRoot,
  frontierOfOutline,
  type StateOutline,
} from '#libs/chain/state-chunks.ts';
import { sectionRoot } from '#libs/chain/state-sections.ts';
import { transactionHash } from '#libs/chain/transaction.ts';
import type { SnapshotBase } from '#libs/engine/membership/membership-book.ts';
import type {
  HistoryGap,
  SnapshotPort,
  StagedSnapshot,
  TransactionState,
} from '#libs/engine/ports/snapshot-ports.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { HeldBlock } from '../chain/shared-judge.ts';
import { filesOf, type NodeFiles } from './node-files.ts';
import type { NodeOwner } from './node-owner.ts';

const HASH_BYTES = 32;

/** Snapshots in the store of production, over the simulated disk. What a power cut takes can be fetched again. */
export class NodeSnapshots implements SnapshotPort {
  readonly #owner: NodeOwner;
  readonly #files: NodeFiles;

  constructor(owner: NodeOwner) {
    this.#owner = owner;
    this.#files = filesOf(owner.disk);
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
    return this.#files.staged;
  }

  stage(snapshot: StagedSnapshot): void {
    this.#owner.effect('stage', () => this.#setStaged(snapshot));
  }

  unstage(): void {
    this.#owner.effect('unstage', () => this.#setStaged(undefined));
  }

  missingChunks(): readonly number[] {
    return this.#taken().outline.roots.flatMap((_, number) =>
      this.#files.chunks.has(number) ? [] : [number],
    );
  }

  putChunk(number: number, hashes: Uint8Array): void {
    this.#owner.effect('put chunk', () => this.#files.chunks.set(number, hashes));
  }

  install(): void {
    const { block, outline, others, certificate } = this.#taken();
    const { disk, endpoint } = this.#owner;
    const chunks = outline.roots.map((_, number) => this.#files.chunks.get(number));
    assert(
      chunks.every((chunk) => chunk !== undefined),
      'a snapshot is installed once it is whole',
    );
    const last = chunks.at(-1) ?? new Uint8Array();
    const isShort = last.length / HASH_BYTES < CHUNK_TRANSACTIONS;
    const transactions = frontierOfOutline(outline, isShort ? last : new Uint8Array());
    const frontier =
      others.length === 0 ? transactions : { ...transactions, others: others.map(sectionRoot) };
    const held = {
      block,
      frontier,
      transactions: new Set(chunks.flatMap((chunk) => hashesIn(chunk ?? new Uint8Array()))),
    };
    this.#owner.effect('install', () =>
      disk.atomically(() => {
        this.#setBase({ block, others });
        this.#setStaged(undefined);
        disk.jump(certificate, held);
      }),
    );
    this.#owner.observe((observer) => {
      observer.started(endpoint.instance, Number(certificate.height) - 1);
      observer.committed(endpoint.instance, held);
    });
  }

  history(): HistoryGap | undefined {
    const base = this.base();
    const below = this.#below();
    const certificate = base && this.#owner.disk.proofs.get(Number(base.block.header.height));
    if (below === undefined || certificate === undefined) return undefined;
    const { header, digest } = below.block;
    return { tip: { header, digest }, base: certificate };
  }

  historyFrontier(): Frontier | undefined {
    return this.#below()?.frontier;
  }

  isRecorded(transaction: Digest): boolean {
    const { disk } = this.#owner;
    if (this.#below()?.transactions.has(transaction) === true) return true;
    const above = disk.chain.slice(Number(this.base()?.block.header.height ?? 0n) + 1);
    return above.some((digest) => {
      const held = disk.blocks.get(digest);
      return held !== undefined && namesIn(held.block).has(transaction);
    });
  }

  fill(branch: readonly ExecutedBlock[], certificate: QuorumCertificate): void {
    const { disk, setting } = this.#owner;
    const base = this.base()?.block.header.height;
    const fillOne = ({ block, frontier }: ExecutedBlock): void => {
      const parent = disk.blocks.get(block.header.parent);
      assert(parent !== undefined, 'history grows from below');
      if (block.header.height === base) this.#setBase(undefined);
      else disk.fill(setting.judge.hold(block, frontier, parent), certificateOf(block.digest, certificate));
    };
    this.#owner.effect('fill', () =>
      disk.atomically(() => {
        for (const each of branch) fillOne(each);
      }),
    );
  }

  /** A final block that is held. */
  #at(height: Height): HeldBlock | undefined {
    const { disk } = this.#owner;
    const digest = disk.chain[Number(height)];
    return digest && disk.blocks.get(digest);
  }

  /** What is right above the gap. Undefined too where a backup from before the snapshot was put back. */
  base(): SnapshotBase | undefined {
    const { base } = this.#files;
    const { disk } = this.#owner;
    const height = Number(base?.block.header.height);
    return height <= disk.height && disk.chain[height - 1] === undefined ? base : undefined;
  }

  /** The highest final block below the gap. */
  #below(): HeldBlock | undefined {
    const base = this.base();
    if (base === undefined) return undefined;
    const { disk } = this.#owner;
    let height = Number(base.block.header.height) - 1;
    while (disk.chain[height] === undefined) height -= 1;
    return this.#at(BigInt(height) as Height);
  }

  #taken(): StagedSnapshot {
    assert(this.#files.staged !== undefined, 'no snapshot is being taken');
    return this.#files.staged;
  }

  #setStaged(staged: StagedSnapshot | undefined): void {
    const files = this.#files;
    const { staged: before } = files;
    const chunks = [...files.chunks];
    files.staged = staged;
    files.chunks.clear();
    this.#owner.disk.undoable(() => {
      files.staged = before;
      for (const [number, chunk] of chunks) files.chunks.set(number, chunk);
    });
  }

  #setBase(base: SnapshotBase | undefined): void {
    const files = this.#files;
    const { base: before } = files;
    files.base = base;
    this.#owner.disk.undoable(() => {
      files.base = before;
    });
  }
}

const NAMES = new WeakMap<Block, ReadonlySet<Digest>>();

/** The transactions of a block, hashed once for all nodes. */
function namesIn(block: Block): ReadonlySet<Digest> {
  const known = NAMES.get(block) ?? new Set(block.transactions.map(transactionHash));
  NAMES.set(block, known);
  return known;
}

function certificateOf(digest: Digest, certificate: QuorumCertificate): QuorumCertificate | undefined {
  return certificate.digest === digest ? certificate : undefined;
}

function outlineOf({ frontier, transactions }: HeldBlock): StateOutline {
  const hashes = [...transactions];
  const { size } = frontier;
  return {
    size,
    roots: Array.from({ length: chunkCount(size) }, (_, number) => chunkRoot(chunkOf(hashes, number))),
  };
}

function chunkOf(hashes: readonly Digest[], number: number): Uint8Array {
  const start = number * CHUNK_TRANSACTIONS;
  return Uint8Array.from(
    hashes.slice(start, start + CHUNK_TRANSACTIONS).flatMap((hash) => [...digestBytes(hash)]),
  );
}

function hashesIn(chunk: Uint8Array): readonly Digest[] {
  return Array.from({ length: chunk.length / HASH_BYTES }, (_, at) =>
    toDigest(toHex(chunk.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES))),
  );
}
