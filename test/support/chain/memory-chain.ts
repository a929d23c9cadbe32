import { type Block, type BlockHeader, headerDigest } from '#libs/chain/block.ts';
import { buildBlock, payloadLeaves } from '#libs/chain/block-rules.ts';
import { EMPTY_FRONTIER, type Frontier } from '#libs/chain/frontier.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { type Digest, type Height, toEpoch, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { inclusionProof } from '#libs/chain/merkle.ts';
import { stateLeafOf } from '#libs/chain/state-leaf.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import type { HeightSpan } from '#libs/engine/ports/block-range.ts';
import { FinalChannel } from '#libs/engine/ports/final-channel.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { CertifiedBlock } from '#libs/protocol/certified-block.ts';
import type {
  EventSource,
  FinalChain,
  FinalTip,
  FinalTransaction,
  TransactionPosition,
} from '#services/consensus/core/ports.ts';

/** Makes the commit certificate of a block. */
export type Certify = (header: BlockHeader, digest: Digest) => QuorumCertificate;

/** A chain in memory with true blocks and proofs, and certificates as its maker wants them: for tests. */
export class MemoryChain implements FinalChain, EventSource {
  readonly #blocks: CertifiedBlock[] = [];
  readonly #positions = new Map<Digest, TransactionPosition & { readonly leaf: number }>();
  readonly #leaves: Uint8Array[] = [];
  /** Tells of each block that is appended. */
  readonly final = new FinalChannel();
  readonly #certify: Certify;
  #frontier: Frontier = EMPTY_FRONTIER;
  #cursor = 0n as Height;

  constructor(certify: Certify = unsignedCommit) {
    this.#certify = certify;
    const block = genesisBlock({ genesisTimeMs: 1n });
    this.#blocks.push({ block, certificate: unsignedCommit(block.header, block.digest), descendants: [] });
  }

  /** Makes the next block final. */
  append(...transactions: readonly Uint8Array[]): Block {
    const [certified] = this.appendTogether([transactions]);
    return (certified as CertifiedBlock).block;
  }

  /** Makes several blocks final at once, by the certificate of the last. */
  appendTogether(payloads: readonly (readonly Uint8Array[])[]): readonly CertifiedBlock[] {
    const blocks: Block[] = [];
    for (const transactions of payloads) {
      blocks.push(this.#build(blocks.at(-1) ?? this.#last, transactions));
    }
    const headers = blocks.map(({ header }) => header);
    const last = headers.at(-1) as BlockHeader;
    const certificate = this.#certify(last, headerDigest(last));
    const certified = blocks.map((block, at) => ({ block, certificate, descendants: headers.slice(at + 1) }));
    for (const each of certified) this.#add(each);
    return certified;
  }

  tip(): FinalTip {
    const { header, digest } = this.#last;
    return { height: header.height, digest, stateRoot: header.stateRoot };
  }

  executedHeight(): Height {
    return this.tip().height;
  }

  blockAt(height: Height): Block | undefined {
    return this.certifiedBlock(height)?.block;
  }

  sectionsAt(): readonly never[] {
    return [];
  }

  certifiedBlock(height: Height): CertifiedBlock | undefined {
    return this.#isHidden(height) ? undefined : this.#blocks[Number(height)];
  }

  /** For a member that began from a snapshot: heights that it does not hold. */
  hidden: HeightSpan | undefined;

  gap(): HeightSpan | undefined {
    return this.hidden;
  }

  isCommitted(hash: Digest): boolean {
    return this.#positions.has(hash);
  }

  positionOf(hash: Digest): TransactionPosition | undefined {
    const found = this.#positions.get(hash);
    return found && !this.#isHidden(found.height) ? { height: found.height, index: found.index } : undefined;
  }

  transaction(hash: Digest): FinalTransaction | undefined {
    const found = this.#positions.get(hash);
    if (found === undefined || this.#isHidden(found.height)) return undefined;
    const { height, index, leaf } = found;
    const { transactions } = this.blockAt(height) as Block;
    const ownLeaves = payloadLeaves(transactions);
    const allLeaves = this.#leaves.slice(0, leaf - index + transactions.length);
    return {
      height,
      index,
      transaction: transactions[index] as Transaction,
      payloadProof: {
        index: BigInt(index),
        size: BigInt(ownLeaves.length),
        path: inclusionProof(ownLeaves, index),
      },
      stateProof: {
        index: BigInt(leaf),
        size: BigInt(allLeaves.length),
        path: inclusionProof(allLeaves, leaf),
      },
    };
  }

  eventCursor(): Height {
    return this.#cursor;
  }

  setEventCursor(height: Height): void {
    this.#cursor = height;
  }

  #isHidden(height: Height): boolean {
    return this.hidden !== undefined && height >= this.hidden.from && height <= this.hidden.to;
  }

  get #last(): Block {
    return (this.#blocks.at(-1) as CertifiedBlock).block;
  }

  #build(parent: Block, transactions: readonly Uint8Array[]): Block {
    const plan = {
      parent,
      frontier: this.#frontier,
      view: toView(parent.header.view + 1n),
      epoch: toEpoch(0n),
      proposer: toMemberIndex(0),
      nowMs: 2n,
      transactions: transactions.map(transactionOf),
    };
    const { block, frontier } = buildBlock(plan);
    this.#frontier = frontier;
    return block;
  }

  #add(certified: CertifiedBlock): void {
    const { header, transactions } = certified.block;
    this.#blocks.push(certified);
    for (const [index, transaction] of transactions.entries()) {
      const leaf = this.#leaves.push(stateLeafOf(transaction)) - 1;
      this.#positions.set(transaction.hash, { height: header.height, index, leaf });
    }
    this.final.ordered([certified.block]);
    this.final.executed(certified.block);
  }
}

/** A commit certificate without signatures. */
export function unsignedCommit({ view, height }: BlockHeader, digest: Digest): QuorumCertificate {
  return { kind: 'commit', instance: 0n, view, height, digest, signatures: [] };
}
