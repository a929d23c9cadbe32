import { headerDigest } from '#libs/chain/block.ts';
import type { Digest } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { HeldBlock } from '../chain/shared-judge.ts';
import type { SimulatedFederation } from '../federation/federation.ts';
import { EpochOracle } from './epoch-oracle.ts';
import type { Findings } from './findings.ts';
import type { RecordCheck } from './record-check.ts';

interface Keeper {
  readonly instance: number;
  readonly disk: {
    /** Undefined below a snapshot, where the blocks are still to come. */
    readonly chain: readonly (Digest | undefined)[];
    readonly blocks: ReadonlyMap<Digest, HeldBlock>;
    readonly tip: QuorumCertificate;
    readonly proofs: ReadonlyMap<number, QuorumCertificate>;
  };
}

/**
 * The whole chain of a member, read back from its disk at the end of a run, over all epochs
 * (libs/simulation/README.md S4, S5, S6).
 */
export class ChainCheck {
  readonly #findings: Findings;
  readonly #records: RecordCheck;
  readonly #oracle: EpochOracle;
  readonly #founding: SimulatedFederation['founding'];
  readonly #roots = new Map<number, Digest>();

  constructor(findings: Findings, records: RecordCheck, federation: SimulatedFederation) {
    this.#findings = findings;
    this.#records = records;
    this.#oracle = new EpochOracle(federation);
    this.#founding = federation.founding;
  }

  check(keeper: Keeper): void {
    const { instance, disk } = keeper;
    const executed = new Set<Digest>();
    for (const [height, digest] of disk.chain.entries()) {
      if (digest === undefined) continue;
      const held = disk.blocks.get(digest);
      if (held === undefined || headerDigest(held.block.header) !== digest) {
        this.#findings.report('S6', `instance ${instance} has no block for its final height ${height}`);
        return;
      }
      if (height > 0) this.#checkPlace(instance, held, disk.chain[height - 1]);
      this.#checkRoot(instance, height, held);
      this.#checkProof(keeper, height, held);
      for (const { hash } of held.block.transactions) this.#checkOnce(instance, executed, hash);
    }
    if (disk.tip.digest !== disk.chain.at(-1)) this.#reportTip(instance);
  }

  /** Its parent is the block below, and its members may decide it. */
  #checkPlace(instance: number, { block }: HeldBlock, parent: Digest | undefined): void {
    const { height } = block.header;
    if (parent !== undefined && block.header.parent !== parent) {
      this.#findings.report('S6', `height ${height} of instance ${instance} has another parent`);
    }
    const fault = this.#oracle.fault(block);
    if (fault !== undefined) {
      this.#findings.report('S6', `the final block ${height} of instance ${instance} ${fault}`);
    }
  }

  /** The members that decide a block are those after its parent. */
  #checkProof({ instance, disk }: Keeper, height: number, { block }: HeldBlock): void {
    const isTip = height === disk.chain.length - 1;
    const certificate = isTip ? disk.tip : disk.proofs.get(height);
    const by = height === 0 ? this.#founding : this.#oracle.after(block.header.parent);
    if (certificate === undefined || by === undefined) return;
    if (isTip && certificate.kind !== by.table.decides) this.#reportTip(instance);
    if (certificate.digest === block.digest) this.#records.certificate(instance, certificate, by, 'S6');
    else this.#findings.report('S6', `instance ${instance} proves height ${height} with another block`);
  }

  #reportTip(instance: number): void {
    this.#findings.report('S6', `the proof of instance ${instance} is not of its newest block`);
  }

  #checkRoot(instance: number, height: number, { block }: HeldBlock): void {
    const { stateRoot } = block.header;
    const known = this.#roots.get(height);
    this.#roots.set(height, known ?? stateRoot);
    if (known === undefined || known === stateRoot) return;
    this.#findings.report('S4', `two state roots at height ${height}, one of instance ${instance}`);
  }

  #checkOnce(instance: number, executed: Set<Digest>, hash: Digest): void {
    if (executed.has(hash)) this.#findings.report('S5', `instance ${instance} executed ${hash} twice`);
    executed.add(hash);
  }
}
