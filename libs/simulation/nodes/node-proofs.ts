import type { BlockHeader } from '#libs/chain/block.ts';
import { type Height, toHeight } from '#libs/chain/ids.ts';
import type { CertificateRule } from '#libs/chain/kept-certificates.ts';
import type { HeightSpan } from '#libs/engine/ports/block-range.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { CertifiedBlock } from '#libs/protocol/certified-block.ts';
import type { HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { HeldBlock } from '../chain/shared-judge.ts';
import type { Disk } from '../disk/disk.ts';
import { pruneProofs } from '../disk/prune-proofs.ts';
import { filesOf } from './node-files.ts';

/** The certificates of the final blocks on a simulated disk, and the headers that lead to them. */
export class NodeProofs {
  readonly #disk: Disk<HostedRecord>;
  readonly #rule: CertificateRule;

  constructor(disk: Disk<HostedRecord>, rule: CertificateRule) {
    this.#disk = disk;
    this.#rule = rule;
  }

  certifiedBlock(height: Height): CertifiedBlock | undefined {
    const block = this.#heldAt(height)?.block;
    if (block === undefined) return undefined;
    const descendants: BlockHeader[] = [];
    for (let above = Number(height); above <= this.#disk.height; above++) {
      const certificate = this.#disk.proofs.get(above);
      if (certificate !== undefined) return { block, certificate, descendants };
      const header = this.#heldAt(toHeight(BigInt(above + 1)))?.block.header;
      if (header !== undefined) descendants.push(header);
    }
    return undefined;
  }

  certificateWithin({ from, to }: HeightSpan): QuorumCertificate | undefined {
    for (let height = Number(to); height >= Number(from); height--) {
      const certificate = this.#disk.proofs.get(height);
      if (certificate !== undefined) return certificate;
    }
    return undefined;
  }

  /** In the write that moves the tip, as the store of production does. */
  prune(): void {
    const base = filesOf(this.#disk).base?.block.header.height;
    pruneProofs(this.#disk, this.#rule, Number(base ?? 0n));
  }

  #heldAt(height: Height): HeldBlock | undefined {
    const digest = this.#disk.chain[Number(height)];
    return digest && this.#disk.blocks.get(digest);
  }
}
