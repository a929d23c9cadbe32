import type { Digest, View } from '../chain/ids.ts';
import { FACTS_MAX } from './limits.ts';

/** A quorum signed `kind` for this block in this view. */
export interface CertifiedFact {
  readonly kind: string;
  readonly instance: bigint;
  readonly view: View;
  readonly height: bigint;
  readonly digest: Digest;
}

/** What a view of an instance may begin with, after a quorum's reports: one block, or any. */
export interface Choice {
  readonly only: Digest | undefined;
}

/**
 * What was verified: certificates, proposals of leaders, views that a quorum left. Each fact is named by what it
 * says, not by the signatures that prove it: which quorum signed does not matter. A cache: losing it costs another
 * verification. Everything put in must have been verified by whoever puts it in.
 */
export class FactBook {
  /** In order of use: the first is the one to forget. */
  readonly #facts = new Map<string, CertifiedFact | Choice>();
  #provenView = 0n as View;

  /** Highest view that a quorum is known to have been in. */
  get provenView(): View {
    return this.#provenView;
  }

  get size(): number {
    return this.#facts.size;
  }

  /** A quorum signed this. */
  certified(fact: CertifiedFact): void {
    this.#keep(certifiedName(fact), fact);
    this.#reach(fact.view);
  }

  /** A quorum gave up this view. */
  left(view: View): void {
    this.#reach(view);
  }

  /** The leader of its view signed this proposal. */
  proposed(fact: CertifiedFact): void {
    this.#keep(`leader ${certifiedName(fact)}`, fact);
  }

  /** After the reports of a quorum, this view of this instance may begin with nothing else. */
  chosen(instance: bigint, view: View, only: Digest | undefined): void {
    this.#keep(`choice ${instance} ${view}`, { only });
    this.#reach(view);
  }

  isCertified(fact: CertifiedFact): boolean {
    return this.#isKnown(certifiedName(fact), fact.height);
  }

  /** As `isCertified`, for a report, which names no height. */
  isReportable(fact: Omit<CertifiedFact, 'height'>): boolean {
    return this.#facts.has(certifiedName(fact));
  }

  isProposed(fact: CertifiedFact): boolean {
    return this.#isKnown(`leader ${certifiedName(fact)}`, fact.height);
  }

  choice(instance: bigint, view: View): Choice | undefined {
    const found = this.#facts.get(`choice ${instance} ${view}`);
    return found !== undefined && 'only' in found ? found : undefined;
  }

  #isKnown(name: string, height: bigint): boolean {
    const found = this.#facts.get(name);
    return found !== undefined && 'height' in found && found.height === height;
  }

  #keep(name: string, fact: CertifiedFact | Choice): void {
    this.#facts.delete(name);
    this.#facts.set(name, fact);
    if (this.#facts.size <= FACTS_MAX) return;
    for (const oldest of this.#facts.keys()) {
      this.#facts.delete(oldest);
      return;
    }
  }

  #reach(view: View): void {
    if (view > this.#provenView) this.#provenView = view;
  }
}

/** Without the height: a report of a certificate does not say it. Two heights of one digest cannot both be certified. */
function certifiedName({ kind, instance, view, digest }: Omit<CertifiedFact, 'height'>): string {
  return `${kind} ${instance} ${view} ${digest}`;
}
