import { assert } from '#libs/assert/assert.ts';
import type { Block, BlockHeader } from '#libs/chain/block.ts';
import type { Frontier } from '#libs/chain/frontier.ts';
import { type Digest, type Height, toHeight } from '#libs/chain/ids.ts';
import type { SectionRoot } from '#libs/chain/section-roots.ts';
import { frontierStateRoot } from '#libs/chain/state-sections.ts';
import type { HeightSpan } from '#libs/engine/ports/block-range.ts';
import type { HistoryPort } from '#libs/engine/ports/history-ports.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { BlockRestorer } from './block-restorer.ts';
import { forkAt } from './branch-to-commit.ts';
import { DamagedBlocks } from './damaged-blocks.ts';
import { checkFinalBlock } from './final-block-check.ts';
import { PROOFS_TRIED_MAX } from './limits.ts';
import type { Tables } from './tables.ts';
import type { StoredTip } from './tip.ts';

/** The chain store, as far as its history depends on it. */
export interface HistoryHost {
  tip(): StoredTip;
  /** Whether blocks below a snapshot are not fetched yet. */
  hasGap(): boolean;
}

/**
 * Final blocks as they lie on the disk, by height. A block that cannot be read is missing from then on, until
 * it is put back: a member needs its record, its tip and its undecided blocks alone, and goes on.
 */
export class HistoryStore implements HistoryPort {
  readonly #tables: Tables;
  readonly #host: HistoryHost;
  readonly #damaged = new DamagedBlocks();
  readonly #restorer: BlockRestorer;
  #othersAt: (height: Height) => readonly SectionRoot[] | undefined = () => undefined;

  constructor(tables: Tables, host: HistoryHost) {
    this.#tables = tables;
    this.#host = host;
    this.#restorer = new BlockRestorer({
      tables,
      damaged: this.#damaged,
      frontierAt: (height) => this.frontierAt(height),
      othersAt: (height) => this.#othersAt(height),
    });
  }

  headerAt(height: Height): BlockHeader | undefined {
    return this.read(height, () => this.#tables.blocks.headerAt(height));
  }

  blockAt(height: Height): Block | undefined {
    return this.read(height, () => this.#tables.blocks.blockAt(height));
  }

  frontierAt(height: Height): Frontier | undefined {
    return this.read(height, () => {
      const header = this.#tables.blocks.headerAt(height);
      const frontier = this.#tables.blocks.frontierAt(height);
      const isSound =
        header === undefined || frontier === undefined || frontierStateRoot(frontier) === header.stateRoot;
      assert(isSound, `the state of block ${height} is damaged`);
      return frontier;
    });
  }

  /** The certificate that proves this height, and that of which height it is. */
  proofFrom(
    height: Height,
  ): { readonly height: Height; readonly certificate: QuorumCertificate } | undefined {
    const proof = this.read(height, () => this.#tables.final.proofFrom(height));
    const certificate = proof && this.#certificateAt(proof.height, proof.certificate);
    return certificate && proof && { height: proof.height, certificate };
  }

  /** The highest one between these heights, inclusive, that can be read. */
  certificateWithin({ from, to }: HeightSpan): QuorumCertificate | undefined {
    let upTo = to;
    for (let tried = 0; tried < PROOFS_TRIED_MAX && upTo >= from; tried++) {
      const proof = this.#tables.final.proofWithin(from, upTo);
      const certificate = proof && this.#certificateAt(proof.height, proof.certificate);
      if (proof === undefined || certificate !== undefined) return certificate;
      upTo = toHeight(proof.height - 1n);
    }
    return undefined;
  }

  /** Runs a read of one final block and its parts; undefined when they are damaged, from then on. */
  read<Value>(height: Height, work: () => Value | undefined): Value | undefined {
    return this.#damaged.read(height, work);
  }

  damaged(): readonly Height[] {
    // No other member can give the genesis block.
    return this.#host.hasGap() ? [] : this.#damaged.heights().filter((height) => height > 0n);
  }

  onDamaged(listener: (height: Height, reason: string) => void): () => void {
    return this.#damaged.onFound(listener);
  }

  /**
   * Sets the source of the roots of the other sections of the state after a block: the membership, which is
   * made of this history.
   */
  learnOthers(othersAt: (height: Height) => readonly SectionRoot[] | undefined): void {
    this.#othersAt = othersAt;
  }

  /** Tells of each height that was put back, and how many are not. */
  onRestored(listener: (height: Height, left: number) => void): void {
    this.#damaged.onRestored(listener);
  }

  checkable(): HeightSpan | undefined {
    const to = this.#host.tip().height;
    return to === 0n || this.#host.hasGap() ? undefined : { from: toHeight(1n), to };
  }

  check(height: Height): number {
    return this.read(height, () => checkFinalBlock(this.#tables, height, this.#digestAt(height))) ?? 0;
  }

  restore(block: Block, certificate: QuorumCertificate | undefined): boolean {
    const { header, digest } = block;
    const named = this.#digestAt(header.height);
    if (named !== undefined && named !== digest) throw forkAt(header.height, named, digest);
    const frontier = this.#restorer.frontierOf(block);
    if (frontier === undefined || this.#host.hasGap()) return false;
    const tip = this.#host.tip();
    const own = header.height === tip.height ? tip.certificate : this.#keptOf(header.height, certificate);
    return this.#restorer.restore(block, frontier, own);
  }

  /** Where the certificate of a block was dropped, another member may still have it: it is not taken again. */
  #keptOf(height: Height, given: QuorumCertificate | undefined): QuorumCertificate | undefined {
    const { final, pruned } = this.#tables;
    return height <= pruned.read() && final.certificateAt(height) === undefined ? undefined : given;
  }

  #certificateAt(height: Height, digest: Digest): QuorumCertificate | undefined {
    return this.read(height, () => this.#tables.certificates.get(digest));
  }

  /** The digest of the final block at a height, from the tip or the block above; undefined when neither can be read. */
  #digestAt(height: Height): Digest | undefined {
    const tip = this.#host.tip();
    return height === tip.height ? tip.digest : this.headerAt(toHeight(height + 1n))?.parent;
  }
}
