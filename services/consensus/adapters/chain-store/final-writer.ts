import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import { saysOfMembership } from '#libs/membership/membership.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { Tables } from './tables.ts';
import type { UndecidedBlock, UndecidedBlocks } from './undecided-blocks.ts';

/** The rows that make blocks final. Its caller opens the transaction. */
export class FinalWriter {
  readonly #tables: Tables;
  readonly #undecided: UndecidedBlocks;

  constructor(tables: Tables, undecided: UndecidedBlocks) {
    this.#tables = tables;
    this.#undecided = undecided;
  }

  write(
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

  /** The row of a block that may be held already. */
  rowOf({ block, frontier }: BlockWithFrontier): UndecidedBlock {
    const held = this.#undecided.get(block.digest);
    return held ?? { id: this.#tables.blocks.insert(block, frontier), block, frontier };
  }
}
