import { claimsOf, type EpochRoot, type QuorumCertificate } from '#libs/protocol/certificate.ts';
import { hasQuorum } from '#libs/protocol/validator-set.ts';
import { positionText } from '#libs/protocol/vote/position.ts';
import type { SimulatedEpoch } from '../federation/federation.ts';
import type { Load } from '../subject/subject.ts';
import type { Findings, Invariant } from './findings.ts';

/** The facts that a checker needs to verify a certificate from scratch. */
export type Verification = Pick<SimulatedEpoch, 'set' | 'authority' | 'root' | 'table'>;

/**
 * Checks the state that a member keeps: its certificates verify from scratch, and its sizes are bounded
 * (libs/simulation/README.md L6, L8).
 */
export class RecordCheck {
  readonly #findings: Findings;
  readonly #verified = new WeakSet<QuorumCertificate>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /**
   * A certificate in a record (libs/simulation/README.md L6), or the proof of a final block
   * (libs/simulation/README.md S6).
   */
  certificate(
    instance: number,
    certificate: QuorumCertificate,
    by: Verification,
    invariant: Invariant = 'L6',
  ): void {
    if (this.#verified.has(certificate)) return;
    this.#verified.add(certificate);
    if (isProved(certificate, by)) return;
    const text = `instance ${instance} keeps a false ${certificate.kind} certificate of ${positionText(certificate)}`;
    this.#findings.report(invariant, text);
  }

  /** Checks the sizes of the parts of a state (libs/simulation/README.md L8). */
  load(instance: number, loads: readonly Load[]): void {
    const over = loads.find(({ size, max }) => size > max);
    if (over === undefined) return;
    const { name, size, max } = over;
    this.#findings.report('L8', `instance ${instance} keeps ${size} ${name}, at most ${max} are meant`);
  }
}

/** Signed by a quorum of distinct members, or the root of the epoch. Written apart from the code under test. */
function isProved(certificate: QuorumCertificate, { set, authority, root, table }: Verification): boolean {
  const isOne = table.instances === 'one';
  // The instance of a certificate is the height of its block, or there is but one.
  if (certificate.instance !== (isOne ? 0n : certificate.height)) return false;
  const isAtRoot = isOne ? certificate.view === root.view : certificate.height === root.height;
  if (isAtRoot) return isRoot(certificate, root);
  const signers = certificate.signatures.map(({ member }) => member);
  if (new Set(signers).size !== signers.length || !hasQuorum(set, signers)) return false;
  return claimsOf(certificate).every((claim) => authority.verify(claim));
}

function isRoot({ digest, signatures }: QuorumCertificate, root: EpochRoot): boolean {
  return digest === root.digest && signatures.length === 0;
}
