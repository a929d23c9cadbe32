import type { Digest } from '#libs/chain/ids.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import type { SnapshotBase } from '#libs/engine/membership/membership-book.ts';
import type { EvidenceStore, ProvedEvidence } from '#libs/engine/ports/evidence-ports.ts';
import type { StagedSnapshot } from '#libs/engine/ports/snapshot-ports.ts';
import type { HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import { decodeEvidence, evidenceDigest } from '#libs/protocols/evidence-codec.ts';
import { voteTableOf } from '#libs/protocols/protocols.ts';
import type { Disk } from '../disk/disk.ts';

/** The files of a whole node beside chain and record: evidence, and a snapshot that is being taken. */
export class NodeFiles implements EvidenceStore {
  staged: StagedSnapshot | undefined;
  /** Verified chunks of the staged snapshot. */
  readonly chunks = new Map<number, Uint8Array>();
  /** The snapshot that was taken, while there is a gap below it. */
  base: SnapshotBase | undefined;
  readonly #disk: Disk<HostedRecord>;
  readonly #evidence = new Map<Digest, ProvedEvidence>();

  constructor(disk: Disk<HostedRecord>) {
    this.#disk = disk;
  }

  /** All evidence, oldest first. */
  get all(): readonly ProvedEvidence[] {
    return [...this.#evidence.values()];
  }

  has(digest: Digest): boolean {
    return this.#evidence.has(digest);
  }

  put(proved: ProvedEvidence): 'stored' | 'known' {
    if (this.has(proved.digest)) return 'known';
    this.#evidence.set(proved.digest, proved);
    return 'stored';
  }

  pending(countMax: number): readonly ProvedEvidence[] {
    const final = this.#disk.top?.transactions;
    const inBlocks = this.#finalEvidence();
    return this.all
      .filter(({ content }) => final?.has(transactionOf(content).hash) !== true)
      .filter(({ digest }) => !inBlocks.has(digest))
      .slice(0, countMax);
  }

  /** The evidence in final blocks, which may stand there with other signatures. Blocks below a snapshot are not held. */
  #finalEvidence(): ReadonlySet<Digest> {
    const { blocks, chain } = this.#disk;
    const transactions = chain.flatMap((digest) => blocks.get(digest)?.block.transactions ?? []);
    return new Set(transactions.filter((each) => isFor('evidence', each)).flatMap(evidenceIn));
  }
}

function evidenceIn({ bytes }: Transaction): readonly Digest[] {
  const decoded = decodeEvidence(bytes, voteTableOf);
  return decoded.ok ? [evidenceDigest(decoded.evidence, decoded.chain)] : [];
}

const FILES = new WeakMap<Disk<HostedRecord>, NodeFiles>();

/** The files of a disk, which outlive a process as the disk does. */
export function filesOf(disk: Disk<HostedRecord>): NodeFiles {
  const files = FILES.get(disk) ?? new NodeFiles(disk);
  FILES.set(disk, files);
  return files;
}
