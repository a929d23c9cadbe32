import type { Digest } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { Findings, type Invariant, type Violation } from '../checks/findings.ts';
import { statementName } from '../federation/signatures.ts';
import { certificateSlot, type LockstepNode, type SignedInView, signIn } from './lockstep-node.ts';

const NO_CLOCK = { steps: 0, nowMs: 0 };

/** The rules that no honest instance of a lockstep federation breaks; twins may do anything. */
export class LockstepChecks {
  readonly #table: VoteTable;
  #findings = new Findings(NO_CLOCK);
  #certified = new Map<string, Digest>();

  constructor(table: VoteTable) {
    this.#table = table;
  }

  /** Certificates that were seen, by slot. */
  get certified(): ReadonlyMap<string, Digest> {
    return this.#certified;
  }

  /** Goes on from where these certificates, and no others, were seen. */
  restart(certified: ReadonlyMap<string, Digest>): void {
    this.#certified = new Map(certified);
  }

  report(invariant: Invariant, text: string): void {
    this.#findings.report(invariant, text);
  }

  /** The violations found since the last call. */
  takeViolations(): readonly Violation[] {
    const { violations } = this.#findings;
    this.#findings = new Findings(NO_CLOCK);
    return violations;
  }

  /** The signing record of an instance after it signed a statement (L1, L4). */
  signed(
    at: number,
    { signed, isTwin }: Pick<LockstepNode<unknown>, 'signed' | 'isTwin'>,
    statement: VoteStatement,
  ): SignedInView {
    const name = statementName(statement);
    const { fault, next } = signIn(signed, statement, name, this.#table);
    if (fault && !isTwin) this.report('L1', `instance ${at} contradicts itself: ${name}`);
    return next;
  }

  /** The certificates in a message of an honest instance (S2). */
  sent(certificates: readonly QuorumCertificate[]): void {
    for (const certificate of certificates) {
      const slot = certificateSlot(certificate);
      const known = this.#certified.get(slot);
      if (known === undefined) this.#certified.set(slot, certificate.digest);
      else if (known !== certificate.digest) this.report('S2', `two certificates: ${slot}`);
    }
  }

  /** That honest chains are prefixes of each other (S1): for the end of a scenario. */
  compareChains(nodes: readonly Pick<LockstepNode<unknown>, 'chain' | 'isTwin'>[]): void {
    const chains = nodes.filter(({ isTwin }) => !isTwin).map(({ chain }) => chain);
    const longest = chains.reduce((max, each) => (each.length > max.length ? each : max));
    for (const chain of chains) {
      const at = chain.findIndex((digest, height) => digest !== longest[height]);
      if (at >= 0) this.report('S1', `two final blocks at height ${at}`);
    }
  }
}
