import type { Digest, View } from '#libs/chain/ids.ts';
import { FACTS_MAX } from './limits.ts';

/** A quorum signed `kind` for this block in this view. */
export interface CertifiedFact {
  readonly kind: string;
  readonly instance: bigint;
  readonly view: View;
  readonly height: bigint;
  readonly digest: Digest;
}

/** The blocks that a view of an instance may begin with, after a quorum's reports: one block, or any. */
export interface Choice {
  readonly only: Digest | undefined;
}

/** The blocks that a view may begin with, in one instance or in all open ones. */
export interface Choices {
  /** Instances below it are over: nothing may begin there. */
  readonly from: bigint;
  /** The only block that is allowed in each instance; an instance without an entry allows any block. */
  readonly only: ReadonlyMap<bigint, Digest>;
}

/**
 * Verified facts: certificates, proposals of leaders, views that a quorum left. Each fact is named by its
 * content, not by the signatures that prove it: the choice of the quorum does not matter. A cache: losing a
 * fact costs another verification. The caller must have verified everything that it puts in.
 */
export class FactBook {
  /** Facts in order of use: the first is forgotten next. */
  readonly #facts = new Map<string, CertifiedFact | Choices>();
  #provenView = 0n as View;
  #openFrom = 0n;

  /** Highest view that a quorum is known to have been in. */
  get provenView(): View {
    return this.#provenView;
  }

  /** Instances below this are known to be over. */
  get openFrom(): bigint {
    return this.#openFrom;
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

  /**
   * Notes that, after the reports of a quorum, this view may begin with nothing else, in this instance or in all.
   * Both are one fact, because half of it would be false.
   */
  chosen(where: bigint | 'everywhere', view: View, choices: Choices): void {
    this.#keep(`choice ${where} ${view}`, choices);
    this.#reach(view);
  }

  /** Notes that this block is decided in its instance, in any view. */
  decided(fact: Omit<CertifiedFact, 'view'>): void {
    this.#keep(decidedName(fact), { ...fact, view: 0n as View });
  }

  /** Notes that this instance and all below it are over. */
  settled(instance: bigint): void {
    if (instance >= this.#openFrom) this.#openFrom = instance + 1n;
  }

  isCertified(fact: CertifiedFact): boolean {
    return this.#isKnown(certifiedName(fact), fact.height);
  }

  /** The same question as `isCertified`, for a report, which names no height. */
  isReportable(fact: Omit<CertifiedFact, 'height'>): boolean {
    return this.#facts.has(certifiedName(fact));
  }

  isProposed(fact: CertifiedFact): boolean {
    return this.#isKnown(`leader ${certifiedName(fact)}`, fact.height);
  }

  isDecided(fact: Omit<CertifiedFact, 'view'>): boolean {
    return this.#isKnown(decidedName(fact), fact.height);
  }

  choice(instance: bigint, view: View): Choice | undefined {
    const found =
      this.#facts.get(`choice ${instance} ${view}`) ?? this.#facts.get(`choice everywhere ${view}`);
    if (found === undefined || !('only' in found) || instance < found.from) return undefined;
    return { only: found.only.get(instance) };
  }

  #isKnown(name: string, height: bigint): boolean {
    const found = this.#facts.get(name);
    return found !== undefined && 'height' in found && found.height === height;
  }

  #keep(name: string, fact: CertifiedFact | Choices): void {
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

/**
 * The name of a certificate. It omits the height, which a report of the certificate does not say: two heights of one
 * digest cannot both be certified.
 */
function certifiedName({ kind, instance, view, digest }: Omit<CertifiedFact, 'height'>): string {
  return `${kind} ${instance} ${view} ${digest}`;
}

function decidedName({ kind, instance, digest }: Omit<CertifiedFact, 'view' | 'height'>): string {
  return `decided ${kind} ${instance} ${digest}`;
}
