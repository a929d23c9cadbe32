import type { Digest, Epoch } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { comparePositions, positionText } from '#libs/protocol/vote/position.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { HeldBlock, SharedJudge } from '../chain/shared-judge.ts';
import type { Findings } from './findings.ts';

/** A certificate, and the epoch whose members signed it. */
interface Certified {
  readonly certificate: QuorumCertificate;
  readonly epoch: Epoch;
}

/** The epoch of a certificate, and the protocol that it runs. */
export interface CertifiedIn {
  readonly epoch: Epoch;
  readonly table: Pick<VoteTable, 'prepared' | 'decides'>;
}

/** One truth, over all epochs (libs/simulation/README.md S1, S2, S3). */
export class AgreementCheck {
  readonly #findings: Findings;
  readonly #judge: SharedJudge;
  /** The block that any honest member calls final, by height. */
  readonly #final = new Map<bigint, Digest>();
  readonly #heights = new Map<number, bigint>();
  readonly #certified = new Map<string, Digest>();
  readonly #prepared: Certified[] = [];
  readonly #decided: Certified[] = [];
  readonly #seen = new WeakSet<QuorumCertificate>();

  constructor(findings: Findings, judge: SharedJudge) {
    this.#findings = findings;
    this.#judge = judge;
  }

  /** Notes that a life begins: unsynced blocks may be gone, and are decided again. */
  started(instance: number, height: number): void {
    this.#heights.set(instance, BigInt(height));
  }

  /** Honest chains are prefixes of each other (libs/simulation/README.md S1). */
  committed(instance: number, { block }: HeldBlock): void {
    const { height } = block.header;
    const expected = (this.#heights.get(instance) ?? 0n) + 1n;
    this.#heights.set(instance, height);
    if (height !== expected) {
      this.#findings.report('S1', `instance ${instance} committed height ${height} instead of ${expected}`);
    }
    const known = this.#final.get(height);
    this.#final.set(height, known ?? block.digest);
    if (known !== undefined && known !== block.digest) {
      const text = `two final blocks at height ${height}: ${known} and ${block.digest} of instance ${instance}`;
      this.#findings.report('S1', text);
    }
  }

  /** A certificate that an honest member believes (libs/simulation/README.md S2, S3). */
  certified(certificate: QuorumCertificate, { epoch, table }: CertifiedIn): void {
    if (this.#seen.has(certificate)) return;
    this.#seen.add(certificate);
    const { kind, instance, view, digest } = certificate;
    const slot = `${epoch} ${kind} ${instance}/${view}`;
    const known = this.#certified.get(slot);
    if (known === digest) return;
    this.#certified.set(slot, known ?? digest);
    if (known !== undefined) {
      this.#findings.report(
        'S2',
        `two ${kind} certificates of ${positionText(certificate)}: ${known} and ${digest}`,
      );
      return;
    }
    if (kind === table.prepared) this.#checkPrepared({ certificate, epoch });
    if (kind === table.decides) this.#checkDecided({ certificate, epoch });
  }

  #checkPrepared(prepared: Certified): void {
    this.#prepared.push(prepared);
    // Decisions agree with each other, so the newest one before stands for the others.
    const before = this.#decided.filter((each) => isBefore(each, prepared));
    const newest = before.reduce<Certified | undefined>(
      (max, each) => (max === undefined || isBefore(max, each) ? each : max),
      undefined,
    );
    if (newest !== undefined) this.#checkPair(newest.certificate, prepared.certificate);
  }

  #checkDecided(decided: Certified): void {
    this.#decided.push(decided);
    for (const prepared of this.#prepared) {
      if (isBefore(decided, prepared)) this.#checkPair(decided.certificate, prepared.certificate);
    }
  }

  #checkPair(decided: QuorumCertificate, prepared: QuorumCertificate): void {
    let held = this.#judge.find(prepared.digest);
    while (held !== undefined && held.block.header.height > decided.height) {
      held = this.#judge.find(held.block.header.parent);
    }
    if (held === undefined || held.block.digest === decided.digest) return;
    const [at, before] = [positionText(prepared), positionText(decided)];
    const text = `${at} prepared a block that does not extend the one decided in ${before}`;
    this.#findings.report('S3', text);
  }
}

/** Epochs follow each other, and so do the positions of one. */
function isBefore(a: Certified, b: Certified): boolean {
  const isSame = a.epoch === b.epoch;
  return isSame ? comparePositions(a.certificate, b.certificate) < 0 : a.epoch < b.epoch;
}
