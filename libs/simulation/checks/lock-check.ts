import { toView } from '#libs/chain/ids.ts';
import { comparePositions, type Position, positionText } from '#libs/protocol/vote/position.ts';
import type { Findings } from './findings.ts';

/** The positions of the highest durable certificates of a member. */
interface Marks {
  readonly high?: Position;
  readonly locked?: Position;
  readonly commit?: Position;
}

const NONE: Position = { instance: 0n, view: toView(0n) };

/**
 * Checks that no lock is hidden (libs/simulation/README.md L3, in the form that holds beside RULES.md C.4). A member
 * that is locked on view w may not hold the prepare certificate of w itself; but all honest members whose votes made
 * the lock possible do, durably, so that every quorum which reports to a next leader has one of them (DECISIONS 22).
 * A decision is a lock too, however it was learned (RULES.md A.9).
 */
export class LockCheck {
  readonly #findings: Findings;
  readonly #needed: number;
  readonly #weightOf: (instance: number) => number;
  readonly #root: Position;
  /** Position of the highest durable prepare certificate of each honest instance. */
  readonly #highs = new Map<number, Position>();
  #highest = NONE;

  /**
   * @param needed - Weight of the honest members at least in a quorum: their number, where all have weight 1.
   * @param root - Of the block that the epoch starts from, which is final for everyone and needs no lock.
   */
  constructor(
    findings: Findings,
    needed: number,
    root = NONE,
    weightOf: (instance: number) => number = () => 1,
  ) {
    this.#weightOf = weightOf;
    this.#root = root;
    this.#findings = findings;
    this.#needed = needed;
  }

  saved(instance: number, { high = NONE, locked = NONE, commit = NONE }: Marks): void {
    this.#highs.set(instance, high);
    const where = positionText(locked);
    if (comparePositions(locked, commit) < 0 && comparePositions(commit, this.#root) > 0) {
      const text = `instance ${instance} is locked on ${where} only, and knows that ${positionText(commit)} decided`;
      this.#findings.report('L3', text);
    }
    if (comparePositions(locked, this.#highest) <= 0) return;
    this.#highest = locked;
    const holders = [...this.#highs]
      .filter(([, each]) => comparePositions(each, locked) >= 0)
      .reduce((sum, [holder]) => sum + this.#weightOf(holder), 0);
    if (holders >= this.#needed) return;
    const text = `instance ${instance} is locked on ${where}, and honest members of weight ${holders} hold a prepare certificate as high, not ${this.#needed}`;
    this.#findings.report('L3', text);
  }
}
