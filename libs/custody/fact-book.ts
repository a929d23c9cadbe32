import type { BlockHeader } from '#libs/chain/block.ts';
import { type Digest, toView, type View } from '#libs/chain/ids.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import { type Choice, eitherOf } from './choice.ts';
import { FACTS_MAX } from './limits.ts';

/** A quorum signed `kind` for this block in this view. */
export interface CertifiedFact {
  readonly kind: string;
  readonly instance: bigint;
  readonly view: View;
  readonly height: bigint;
  readonly digest: Digest;
}

/**
 * Verified facts: certificates, proposals of leaders, views that a quorum left. Each fact is named by its
 * content, not by the signatures that prove it: the choice of the quorum does not matter. A cache: losing a
 * fact costs another verification. The caller must have verified everything that it puts in.
 */
export class FactBook {
  /** Facts in the order in which they were last shown: the first is forgotten next. */
  readonly #facts = new Map<string, CertifiedFact | Choice | BlockHeader>();
  /** The highest view of each instance that a quorum is known to have been in; none of an instance that is over. */
  readonly #proven = new Map<bigint, View>();
  #openFrom = 0n;

  /** Instances below this are known to be over. */
  get openFrom(): bigint {
    return this.#openFrom;
  }

  get size(): number {
    return this.#facts.size;
  }

  /** Highest view of an instance that a quorum is known to have been in; 0 where none is known. */
  provenIn(instance: bigint): View {
    return this.#proven.get(instance) ?? toView(0n);
  }

  /** A quorum signed this. */
  certified(fact: CertifiedFact): void {
    keep(this.#facts, certifiedName(fact), fact);
    this.#reach(fact);
  }

  /** A quorum gave up this view. */
  left(position: Position): void {
    this.#reach(position);
  }

  /** The leader of its view signed this proposal. */
  proposed(fact: CertifiedFact): void {
    keep(this.#facts, `leader ${certifiedName(fact)}`, fact);
  }

  /** Notes that, after the reports of a quorum, this view may begin so too. */
  chosen(position: Position, choice: Choice): void {
    const known = this.choice(position.instance, position.view);
    keep(this.#facts, choiceName(position), known === undefined ? choice : eitherOf(known, choice));
    this.#reach(position);
  }

  /** Notes the header of a decided block, which the next instance stands on. */
  opened(header: BlockHeader): void {
    keep(this.#facts, openingName(header.height + 1n), header);
  }

  /** Notes that this instance and all below it are over. */
  settled(instance: bigint): void {
    if (instance < this.#openFrom) return;
    this.#openFrom = instance + 1n;
    for (const each of this.#proven.keys()) if (each <= instance) this.#proven.delete(each);
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

  /** Undefined where no quorum's reports were learned. */
  choice(instance: bigint, view: View): Choice | undefined {
    const found = this.#facts.get(choiceName({ instance, view }));
    return found !== undefined && 'only' in found ? found : undefined;
  }

  /** The header that an instance stands on, where it was shown. */
  openingOf(instance: bigint): BlockHeader | undefined {
    const found = this.#facts.get(openingName(instance));
    return found !== undefined && 'parent' in found ? found : undefined;
  }

  #isKnown(name: string, height: bigint): boolean {
    const found = this.#facts.get(name);
    return found !== undefined && 'height' in found && found.height === height;
  }

  #reach({ instance, view }: Position): void {
    if (instance < this.#openFrom || view <= this.provenIn(instance)) return;
    keep(this.#proven, instance, view);
  }
}

function keep<Name, Value>(known: Map<Name, Value>, name: Name, value: Value): void {
  known.delete(name);
  known.set(name, value);
  if (known.size <= FACTS_MAX) return;
  for (const oldest of known.keys()) {
    known.delete(oldest);
    return;
  }
}

/**
 * The name of a certificate. It omits the height, which a report of the certificate does not say: two heights of one
 * digest cannot both be certified.
 */
function certifiedName({ kind, instance, view, digest }: Omit<CertifiedFact, 'height'>): string {
  return `${kind} ${instance} ${view} ${digest}`;
}

function choiceName({ instance, view }: Position): string {
  return `choice ${instance} ${view}`;
}

function openingName(instance: bigint): string {
  return `opening ${instance}`;
}
