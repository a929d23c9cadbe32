import { assert } from '#libs/assert/assert.ts';
import type { Block, BlockHeader } from '#libs/chain/block.ts';
import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import type { Frontier } from '#libs/chain/frontier.ts';
import type { Digest, Height } from '#libs/chain/ids.ts';
import { CERTIFICATE_RULE, type CertificateRule } from '#libs/chain/kept-certificates.ts';
import type { HeightSpan } from '#libs/engine/ports/block-range.ts';
import { ChainError } from '#libs/engine/ports/chain-errors.ts';
import type { ChainPort, ChainTip } from '#libs/engine/ports/engine-ports.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { CertifiedBlock } from '#libs/protocol/certified-block.ts';
import type { HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { HeldBlock } from '../chain/shared-judge.ts';
import { finalTop } from '../disk/final-top.ts';
import type { OwedRecord } from '../member/owed-record.ts';
import { NodeProofs } from './node-proofs.ts';
import type { StoreOwner } from './store-owner.ts';

/**
 * The chain store of production over the simulated disk, with the same order of durable writes, and a crash point
 * before and after each.
 */
export class NodeChain implements ChainPort {
  readonly #owner: StoreOwner;
  readonly #record: OwedRecord<HostedRecord>;
  readonly #proofs: NodeProofs;

  /** @param rule - Which certificates it keeps. */
  constructor(owner: StoreOwner, record: OwedRecord<HostedRecord>, rule: CertificateRule = CERTIFICATE_RULE) {
    this.#owner = owner;
    this.#record = record;
    this.#proofs = new NodeProofs(owner.disk, rule);
  }

  get genesis(): Block {
    return this.#owner.setting.judge.genesis.block;
  }

  /** The final blocks that are held, from genesis on. */
  get final(): readonly Block[] {
    return this.#owner.disk.chain.flatMap((digest) => this.blockOf(digest) ?? []);
  }

  tip(): ChainTip {
    return finalTop(this.#owner.disk);
  }

  frontierOf(digest: Digest): Frontier | undefined {
    return this.#held(digest)?.frontier;
  }

  headerOf(digest: Digest): BlockHeader | undefined {
    return this.#held(digest)?.block.header;
  }

  blockOf(digest: Digest): Block | undefined {
    return this.#held(digest)?.block;
  }

  putBlock(block: Block, frontier: Frontier): void {
    this.#owner.effect('put block', () => this.#hold({ block, frontier }));
  }

  isCommitted(transaction: Digest): boolean {
    return this.#owner.disk.top?.transactions.has(transaction) === true;
  }

  undecidedTransactions(digest: Digest): ReadonlySet<Digest> {
    return new Set(
      this.#undecided(digest).flatMap(({ block }) => block.transactions.map(({ hash }) => hash)),
    );
  }

  commit(certificate: QuorumCertificate): readonly Block[] {
    const { disk } = this.#owner;
    const isBelow = certificate.height <= disk.height;
    const final = isBelow ? disk.chain[Number(certificate.height)] : undefined;
    if (isBelow && (final === undefined || final === certificate.digest)) return [];
    return this.#extend(this.#undecided(certificate.digest), certificate, (write) =>
      this.#record.commit(write),
    );
  }

  extend(branch: readonly BlockWithFrontier[], certificate: QuorumCertificate): readonly Block[] {
    const held = branch.map((each) => this.#hold(each));
    return this.#extend(held, certificate, (write) => this.#owner.effect('commit', write));
  }

  blockAt(height: Height): Block | undefined {
    const digest = this.#owner.disk.chain[Number(height)];
    return digest && this.blockOf(digest);
  }

  certifiedBlock(height: Height): CertifiedBlock | undefined {
    return this.#proofs.certifiedBlock(height);
  }

  certificateWithin(span: HeightSpan): QuorumCertificate | undefined {
    return this.#proofs.certificateWithin(span);
  }

  putRecord(record: HostedRecord): void {
    this.#record.putRecord(record);
  }

  flush(): void {
    this.#record.flush();
  }

  #held(digest: Digest): HeldBlock | undefined {
    return this.#owner.disk.blocks.get(digest);
  }

  #hold({ block, frontier }: BlockWithFrontier): HeldBlock {
    const { disk, setting } = this.#owner;
    const known = this.#held(block.digest);
    if (known !== undefined) return known;
    const parent = this.#held(block.header.parent);
    assert(parent !== undefined, 'the parent of a block is held');
    const held = setting.judge.hold(block, frontier, parent);
    disk.put(held);
    return held;
  }

  /** The path to this block, from the block above the tip or from the lowest that is held. */
  #undecided(digest: Digest): readonly HeldBlock[] {
    const path: HeldBlock[] = [];
    const { disk } = this.#owner;
    for (
      let held = this.#held(digest);
      held !== undefined && held.block.header.height > disk.height;
      held = this.#held(held.block.header.parent)
    ) {
      path.unshift(held);
    }
    return path;
  }

  #extend(
    branch: readonly HeldBlock[],
    certificate: QuorumCertificate,
    done: (write: () => void) => void,
  ): readonly Block[] {
    const { disk, endpoint } = this.#owner;
    const tip = disk.chain[disk.height];
    const first = branch[0]?.block.header;
    if (first === undefined || first.parent !== tip) {
      this.#owner.observe((observer) => observer.contradicted(endpoint.instance, certificate.digest, tip));
      const detail = {
        code: 'CHAIN_FORK',
        height: certificate.height,
        final: `${tip}`,
        certified: certificate.digest,
      } as const;
      throw new ChainError('a commit certificate contradicts a final block', detail);
    }
    done(() => {
      disk.extend(
        certificate,
        branch.map(({ block }) => block.digest),
      );
      this.#proofs.prune();
    });
    for (const held of branch) this.#owner.observe((observer) => observer.committed(endpoint.instance, held));
    return branch.map(({ block }) => block);
  }
}
