import { type Block, type BlockHeader, headerDigest } from '#libs/chain/block.ts';
import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import { EMPTY_FRONTIER, type Frontier } from '#libs/chain/frontier.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import type { Digest, Height } from '#libs/chain/ids.ts';
import type { HeightSpan } from '#libs/engine/ports/block-range.ts';
import type { ChainPort, ChainTip } from '#libs/engine/ports/engine-ports.ts';
import { genesisCertificate, type QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { CertifiedBlock } from '#libs/protocol/certified-block.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';

interface Held {
  readonly block: Block;
  readonly frontier: Frontier;
}

/** A chain store without a disk, for tests of the engine. */
export class MemoryEngineChain implements ChainPort {
  readonly genesis = genesisBlock({ genesisTimeMs: 0n });
  readonly records: SafetyRecord[] = [];
  readonly final: Block[] = [this.genesis];
  readonly #held = new Map<Digest, Held>([
    [this.genesis.digest, { block: this.genesis, frontier: EMPTY_FRONTIER }],
  ]);
  readonly #certificates: QuorumCertificate[] = [genesisCertificate('commit', this.genesis.digest)];
  readonly #transactions = new Set<Digest>();

  tip(): ChainTip {
    const { header, digest } = this.final.at(-1) ?? this.genesis;
    return { header, digest, certificate: this.#certificates.at(-1)! };
  }

  /** Begins with another chain's blocks, as from a copy of its file; not with its record. */
  copy(other: MemoryEngineChain): void {
    for (const [digest, held] of other.#held) this.#held.set(digest, held);
    this.final.push(...other.final.slice(this.final.length));
    this.#certificates.push(...other.#certificates.slice(this.#certificates.length));
    for (const hash of other.#transactions) this.#transactions.add(hash);
  }

  frontierOf(digest: Digest): Frontier | undefined {
    return this.#held.get(digest)?.frontier;
  }

  headerOf(digest: Digest): BlockHeader | undefined {
    return this.#held.get(digest)?.block.header;
  }

  blockOf(digest: Digest): Block | undefined {
    return this.#held.get(digest)?.block;
  }

  putBlock(block: Block, frontier: Frontier): void {
    this.#held.set(block.digest, { block, frontier });
  }

  isCommitted(transaction: Digest): boolean {
    return this.#transactions.has(transaction);
  }

  undecidedTransactions(digest: Digest): ReadonlySet<Digest> {
    return new Set(
      this.#undecided(digest).flatMap(({ transactions }) => transactions.map(({ hash }) => hash)),
    );
  }

  commit(certificate: QuorumCertificate): readonly Block[] {
    const blocks = this.#undecided(certificate.digest);
    for (const block of blocks) {
      this.final.push(block);
      this.#certificates.push(certificate);
      for (const { hash } of block.transactions) this.#transactions.add(hash);
    }
    return blocks;
  }

  extend(branch: readonly BlockWithFrontier[], certificate: QuorumCertificate): readonly Block[] {
    for (const { block, frontier } of branch) this.putBlock(block, frontier);
    return this.commit(certificate);
  }

  blockAt(height: Height): Block | undefined {
    return this.final[Number(height)];
  }

  certificateWithin({ from, to }: HeightSpan): QuorumCertificate | undefined {
    const certificates = this.#certificates.slice(Number(from), Number(to) + 1);
    return certificates.findLast(({ height }) => height <= to);
  }

  certifiedBlock(height: Height): CertifiedBlock | undefined {
    const block = this.final[Number(height)];
    const certificate = this.#certificates[Number(height)];
    if (block === undefined || certificate === undefined) return undefined;
    const descendants = this.final.slice(Number(height) + 1, Number(certificate.height) + 1);
    return { block, certificate, descendants: descendants.map(({ header }) => header) };
  }

  save(record: SafetyRecord): void {
    this.records.push(record);
  }

  #undecided(digest: Digest): Block[] {
    const path: Block[] = [];
    const height = this.tip().header.height;
    for (let block = this.blockOf(digest); block !== undefined && block.header.height > height; ) {
      path.unshift(block);
      block = this.blockOf(block.header.parent);
    }
    return path;
  }
}

/** Digest of each final block, as the header says it, by height. */
export function digestsOf({ final }: MemoryEngineChain): readonly Digest[] {
  return final.map(({ header }) => headerDigest(header));
}
