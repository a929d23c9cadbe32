import type { View } from '#libs/chain/ids.ts';
import type { CollectorWindow } from './collector-window.ts';
import { isSameStatement } from './evidence.ts';
import { bytesOf, extreme, type HeldClaim, highestProof, isOfSlot } from './held-claim.ts';
import type { VoteStatement } from './vote/statement.ts';
import type { VoteTable } from './vote/vote-table.ts';

/** The statements of one member that a detector of contradictions remembers, by view: most that are heard were heard before. */
export class HeldClaims {
  readonly #table: VoteTable;
  readonly #unverifiedMax: number;
  /** Of each view, the oldest first; none is empty. */
  readonly #ofView = new Map<View, readonly HeldClaim[]>();
  readonly #reports = new Set<HeldClaim>();
  /** In the order in which they were heard. */
  readonly #unverified = new Set<HeldClaim>();
  /** The one that proves the highest certificate; 'unknown' until it is looked for. */
  #proof: HeldClaim | undefined | 'unknown';
  #bytes = 0;

  constructor(table: VoteTable, unverifiedMax: number) {
    this.#table = table;
    this.#unverifiedMax = unverifiedMax;
  }

  /** Size of the signatures. */
  get sizeBytes(): number {
    return this.#bytes;
  }

  get all(): readonly HeldClaim[] {
    return [...this.#ofView.values()].flat();
  }

  /** Those that may contradict a claim: those of its view, and of other views the reports, or all when it is a report. */
  beside({ claim: { statement }, isReport }: HeldClaim): readonly HeldClaim[] {
    if (isReport) return this.all;
    const { view } = statement;
    const reports = [...this.#reports].filter((each) => each.claim.statement.view !== view);
    return [...this.#in(view), ...reports];
  }

  find(statement: VoteStatement): HeldClaim | undefined {
    return this.#ofView
      .get(statement.view)
      ?.findLast(({ claim }) => isSameStatement(claim.statement, statement));
  }

  /**
   * One more, which is not among them. An unverified one replaces the oldest unverified, which was the member's own too: it came
   * through its channel. A verified one stays unless two of its slot say as much: the one that proves most of what the member held,
   * and the one that reports least. All that contradicts a third one contradicts one of these, in the same position.
   */
  add(latest: HeldClaim): void {
    const { view } = latest.claim.statement;
    if (latest.isVerified) return this.#put(view, this.#withVerified(latest));
    const [oldest] = this.#unverified;
    if (oldest !== undefined && this.#unverified.size >= this.#unverifiedMax) this.remove(oldest);
    this.#put(view, [...this.#in(view), latest]);
  }

  remove(held: HeldClaim): void {
    const { view } = held.claim.statement;
    const others = this.#in(view).filter((each) => each !== held);
    this.#put(view, others);
  }

  /**
   * Keeps those that the window still has, and the statement that proves the highest certificate of the member: a later report
   * below it is understated, however late.
   */
  keepWithin(window: CollectorWindow): void {
    const highest = this.#highest();
    const isKept = (each: HeldClaim) => each === highest || window.has(each.claim.statement);
    for (const [view, held] of this.#ofView) {
      if (!held.every(isKept)) this.#put(view, held.filter(isKept));
    }
  }

  /**
   * The claim that is forgotten first when those of all members are too many: an unverified one, then the farthest from here, and
   * last the proof of the highest certificate.
   */
  leastWorth(window: CollectorWindow): HeldClaim | undefined {
    const [unverified] = this.#unverified;
    if (unverified !== undefined) return unverified;
    const proof = this.#highest();
    const isFarther = (a: HeldClaim, b: HeldClaim) =>
      window.compareDistance(a.claim.statement, b.claim.statement) > 0;
    return (
      this.all
        .filter((each) => each !== proof)
        .reduce<HeldClaim | undefined>(
          (far, each) => (far === undefined || isFarther(each, far) ? each : far),
          undefined,
        ) ?? proof
    );
  }

  /** Those of its view, with one that is verified. */
  #withVerified(latest: HeldClaim): readonly HeldClaim[] {
    const all = [...this.#in(latest.claim.statement.view), latest];
    const isInSlot = ({ claim, isVerified }: HeldClaim) =>
      isVerified && isOfSlot(claim.statement, latest.claim.statement, this.#table);
    const inSlot = all.filter(isInSlot);
    const needed = new Set([extreme(inSlot, this.#table, 1), extreme(inSlot, this.#table, -1)]);
    return all.filter((each) => !inSlot.includes(each) || needed.has(each));
  }

  #highest(): HeldClaim | undefined {
    if (this.#proof === 'unknown') this.#proof = highestProof(this.all, this.#table);
    return this.#proof;
  }

  #in(view: View): readonly HeldClaim[] {
    return this.#ofView.get(view) ?? [];
  }

  #put(view: View, held: readonly HeldClaim[]): void {
    const before = this.#in(view);
    this.#bytes += bytesOf(held) - bytesOf(before);
    for (const each of before) if (!held.includes(each)) this.#forgotten(each);
    for (const each of held) if (!before.includes(each)) this.#added(each);
    if (held.length === 0) this.#ofView.delete(view);
    else this.#ofView.set(view, held);
  }

  #added(held: HeldClaim): void {
    if (held.isReport) this.#reports.add(held);
    if (!held.isVerified) this.#unverified.add(held);
    else if (this.#proof !== 'unknown') {
      const two = this.#proof === undefined ? [held] : [this.#proof, held];
      this.#proof = highestProof(two, this.#table);
    }
  }

  #forgotten(held: HeldClaim): void {
    this.#reports.delete(held);
    this.#unverified.delete(held);
    if (held === this.#proof) this.#proof = 'unknown';
  }
}
