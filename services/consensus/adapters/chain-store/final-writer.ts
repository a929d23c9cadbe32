import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import { saysOfMembership } from '#libs/membership/membership.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { CertificatePruner } from './certificate-pruner.ts';
import { PRUNED_PER_COMMIT_MAX } from './limits.ts';
import type { Tables } from './tables.ts';
import type { UndecidedBlock, UndecidedBlocks } from './undecided-blocks.ts';

/** The rows that make blocks final, and the certificates that go when they are. */
export class FinalWriter {
  readonly #tables: Tables;
  readonly #undecided: UndecidedBlocks;
  readonly #pruner: CertificatePruner;

  constructor(tables: Tables, undecided: UndecidedBlocks, pruner: CertificatePruner) {
    this.#tables = tables;
    this.#undecided = undecided;
    this.#pruner = pruner;
  }

  /** @returns what writes all of it, in a transaction that the caller opens. */
  writing(
    certificate: QuorumCertificate,
    lost: readonly UndecidedBlock[],
  ): (branch: readonly UndecidedBlock[]) => void {
    const pruning = this.#pruner.plan(certificate.height, PRUNED_PER_COMMIT_MAX);
    return (branch) => {
      this.#write(certificate, branch, lost);
      if (pruning !== undefined) this.#pruner.prune(pruning);
    };
  }

  /** The row of a block that may be held already. */
  rowOf({ block, frontier }: BlockWithFrontier): UndecidedBlock {
    const held = this.#undecided.get(block.digest);
    return held ?? { id: this.#tables.blocks.insert(block, frontier), block, frontier };
  }

  #write(
    certificate: QuorumCertificate,
    branch: readonly UndecidedBlock[],
    lost: readonly UndecidedBlock[],
  ): void {
    const { blocks, final, certificates, evidence, state } = this.#tables;
    const proof = certificates.put(certificate);
    for (const { id, block, frontier } of branch) {
      const { height } = block.header;
      const hashes = block.transactions.map(({ hash }) => hash);
      final.insert(height, id, block.digest === certificate.digest ? proof : undefined);
      final.insertTransactions(height, hashes);
      state.append(frontier.size - BigInt(hashes.length), hashes);
      evidence.settle(block);
      if (saysOfMembership(block)) final.insertMembership(height);
    }
    for (const { id } of lost) blocks.delete(id);
  }
}
