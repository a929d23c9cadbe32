import type { Digest } from '../../chain/ids.ts';
import type { QuorumCertificate } from '../../protocol/certificate.ts';
import type { BlockJudge, HeldBlock } from '../block-judge.ts';
import type { Findings } from '../findings.ts';

/** One truth: S1, S2 and S3 of bft.md B.6. */
export class AgreementCheck {
  readonly #findings: Findings;
  readonly #judge: BlockJudge;
  /** What block any honest member calls final, by height. */
  readonly #final = new Map<bigint, Digest>();
  readonly #heights = new Map<number, bigint>();
  readonly #certified = new Map<string, Digest>();
  readonly #prepared: QuorumCertificate[] = [];
  readonly #decided: QuorumCertificate[] = [];
  readonly #seen = new WeakSet<QuorumCertificate>();

  constructor(findings: Findings, judge: BlockJudge) {
    this.#findings = findings;
    this.#judge = judge;
  }

  /** A life begins: what was never synced may be gone, and is decided again. */
  started(instance: number, height: number): void {
    this.#heights.set(instance, BigInt(height));
  }

  /** S1: honest chains are prefixes of each other. */
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

  /** S2 and S3, for a certificate that an honest member believes. */
  certified(certificate: QuorumCertificate): void {
    if (this.#seen.has(certificate)) return;
    this.#seen.add(certificate);
    const { phase, view, digest } = certificate;
    const slot = `${phase} ${view}`;
    const known = this.#certified.get(slot);
    if (known === digest) return;
    this.#certified.set(slot, known ?? digest);
    if (known !== undefined) {
      this.#findings.report('S2', `two ${phase} certificates of view ${view}: ${known} and ${digest}`);
      return;
    }
    if (phase === 'prepare') this.#checkPrepared(certificate);
    if (phase === 'commit') this.#checkDecided(certificate);
  }

  #checkPrepared(prepared: QuorumCertificate): void {
    this.#prepared.push(prepared);
    // Decisions agree with each other, so the newest one before stands for the others.
    const before = this.#decided.filter(({ view }) => view < prepared.view);
    const newest = before.reduce<QuorumCertificate | undefined>(
      (max, each) => (max === undefined || each.view > max.view ? each : max),
      undefined,
    );
    if (newest !== undefined) this.#checkPair(newest, prepared);
  }

  #checkDecided(decided: QuorumCertificate): void {
    this.#decided.push(decided);
    for (const prepared of this.#prepared) {
      if (decided.view < prepared.view) this.#checkPair(decided, prepared);
    }
  }

  #checkPair(decided: QuorumCertificate, prepared: QuorumCertificate): void {
    let held = this.#judge.find(prepared.digest);
    while (held !== undefined && held.block.header.height > decided.height) {
      held = this.#judge.find(held.block.header.parent);
    }
    if (held === undefined || held.block.digest === decided.digest) return;
    const text = `view ${prepared.view} prepared a block that does not extend the one decided in view ${decided.view}`;
    this.#findings.report('S3', text);
  }
}
