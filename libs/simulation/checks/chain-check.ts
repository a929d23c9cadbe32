import { headerDigest } from '../../chain/block.ts';
import type { Digest } from '../../chain/ids.ts';
import { transactionHash } from '../../chain/transaction.ts';
import type { QuorumCertificate } from '../../protocol/certificate.ts';
import type { HeldBlock } from '../block-judge.ts';
import type { Findings } from '../findings.ts';
import type { RecordCheck, Verification } from './record-check.ts';

interface Keeper {
  readonly instance: number;
  readonly disk: {
    readonly chain: readonly Digest[];
    readonly blocks: ReadonlyMap<Digest, HeldBlock>;
    readonly tip: QuorumCertificate;
  };
}

/** The whole chain of a member, read back from its disk at the end of a run: S4, S5 and S6. */
export class ChainCheck {
  readonly #findings: Findings;
  readonly #records: RecordCheck;
  readonly #by: Verification;
  readonly #roots = new Map<number, Digest>();

  constructor(findings: Findings, records: RecordCheck, by: Verification) {
    this.#findings = findings;
    this.#records = records;
    this.#by = by;
  }

  check({ instance, disk }: Keeper): void {
    const executed = new Set<Digest>();
    for (const [height, digest] of disk.chain.entries()) {
      const held = disk.blocks.get(digest);
      if (held === undefined || headerDigest(held.block.header) !== digest) {
        this.#findings.report('S6', `instance ${instance} has no block for its final height ${height}`);
        return;
      }
      if (height > 0) this.#checkLink(instance, held, disk.chain[height - 1]);
      this.#checkRoot(instance, height, held);
      for (const transaction of held.block.transactions) this.#checkOnce(instance, executed, transaction);
    }
    this.#records.certificate(instance, disk.tip, this.#by, 'S6');
    if (disk.tip.digest !== disk.chain.at(-1) || disk.tip.phase !== 'commit') {
      this.#findings.report('S6', `the proof of instance ${instance} is not of its newest block`);
    }
  }

  #checkLink(instance: number, { block }: HeldBlock, parent: Digest | undefined): void {
    if (block.header.parent === parent) return;
    this.#findings.report('S6', `height ${block.header.height} of instance ${instance} has another parent`);
  }

  #checkRoot(instance: number, height: number, { block }: HeldBlock): void {
    const { stateRoot } = block.header;
    const known = this.#roots.get(height);
    this.#roots.set(height, known ?? stateRoot);
    if (known === undefined || known === stateRoot) return;
    this.#findings.report('S4', `two state roots at height ${height}, one of instance ${instance}`);
  }

  #checkOnce(instance: number, executed: Set<Digest>, transaction: Uint8Array): void {
    const hash = transactionHash(transaction);
    if (executed.has(hash)) this.#findings.report('S5', `instance ${instance} executed ${hash} twice`);
    executed.add(hash);
  }
}
