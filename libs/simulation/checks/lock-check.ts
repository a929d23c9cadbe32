import type { Findings } from './findings.ts';

/** The views of the highest durable certificates of a member. */
interface Marks {
  readonly high?: bigint;
  readonly locked?: bigint;
  readonly commit?: bigint;
}

/**
 * Checks that no lock is hidden (libs/simulation/README.md L3, in the form that holds beside RULES.md C.4). A member
 * that is locked on view w may not hold the prepare certificate of w itself; but all honest members whose votes made
 * the lock possible do, durably, so that every quorum which reports to a next leader has one of them (DECISIONS 22).
 * A decision is a lock too, however it was learned (RULES.md A.9).
 */
export class LockCheck {
  readonly #findings: Findings;
  readonly #needed: number;
  readonly #rootView: bigint;
  /** View of the highest durable prepare certificate of each honest instance. */
  readonly #highs = new Map<number, bigint>();
  #highest = 0n;

  /**
   * @param needed - Honest members at least in a quorum.
   * @param rootView - Of the block that the epoch starts from, which is final for everyone and needs no lock.
   */
  constructor(findings: Findings, needed: number, rootView = 0n) {
    this.#rootView = rootView;
    this.#findings = findings;
    this.#needed = needed;
  }

  saved(instance: number, { high = 0n, locked = 0n, commit = 0n }: Marks): void {
    this.#highs.set(instance, high);
    if (locked < commit && commit > this.#rootView) {
      const text = `instance ${instance} is locked on view ${locked} only, and knows that view ${commit} decided`;
      this.#findings.report('L3', text);
    }
    if (locked <= this.#highest) return;
    this.#highest = locked;
    const holders = [...this.#highs.values()].filter((view) => view >= locked).length;
    if (holders >= this.#needed) return;
    const text = `instance ${instance} is locked on view ${locked}, and ${holders} honest members hold a prepare certificate as high, not ${this.#needed}`;
    this.#findings.report('L3', text);
  }
}
