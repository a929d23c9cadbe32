import { type MemberIndex, toView } from '#libs/chain/ids.ts';
import type { Claim } from './certificate.ts';
import { type CollectorWindow, isInWindow, windowAround } from './collector-window.ts';
import { contradiction, isSameStatement, viewOf } from './evidence.ts';
import { bytesOf, copyOf, type HeldClaim, highestProof, withOneMore } from './held-claims.ts';
import { COLLECTOR_LIMITS, type CollectorLimits } from './limits.ts';
import { comparePositions, type Position } from './vote/position.ts';
import type { VoteTable } from './vote/vote-table.ts';

/** Two claims of one member that contradict each other. */
export interface Contradiction {
  readonly claims: readonly [Claim, Claim];
  /** The statements whose signatures are still to be verified; when there are none, the evidence is proved. */
  readonly unverified: readonly Claim[];
}

/**
 * Remembers the statements of each member in the views around the current one, and finds contradictions: among verified
 * claims of any source, and with unverified ones, which are worth a verification only because they contradict another.
 * Deterministic, and bounded by `CollectorLimits` for any input. A claim that is forgotten is evidence lost, never evidence made.
 */
export class EvidenceCollector {
  readonly #table: VoteTable;
  readonly #limits: CollectorLimits;
  readonly #held = new Map<MemberIndex, readonly HeldClaim[]>();
  /** Slots that are proved, with their positions: a liar that signs a hundred votes for one slot is found once in it. */
  readonly #proved = new Map<string, Position>();
  #at: Position;
  /** Around `#at`; made once for each position, and asked for every claim. */
  #window: CollectorWindow;
  /** Positions below it are forgotten. */
  #floor: Position;
  #bytes = 0;

  constructor(table: VoteTable, limits: CollectorLimits = COLLECTOR_LIMITS) {
    this.#table = table;
    this.#limits = limits;
    this.#at = { instance: 0n, view: table.firstView };
    this.#window = windowAround(this.#at, table, limits);
    this.#floor = this.#window.from;
  }

  /** Size of the remembered signatures. */
  get sizeBytes(): number {
    return this.#bytes;
  }

  /** The current position, which never falls: moves the window. */
  advance(position: Position): void {
    if (comparePositions(position, this.#at) <= 0) return;
    this.#at = position;
    this.#window = windowAround(position, this.#table, this.#limits);
    this.#forgetBelow(this.#window.from);
  }

  /**
   * Takes a claim in, and tells the first contradiction found; none in a slot that was proved before. An
   * unverified claim must be of the member whose channel it came through.
   */
  take(claim: Claim, isVerified: boolean): Contradiction | undefined {
    if (!this.#isWatched(claim)) return undefined;
    const held = this.#held.get(claim.member) ?? [];
    // Newest first: a repeated claim was mostly made just now.
    const same = held.findLast((each) => isSameStatement(each.claim.statement, claim.statement));
    if (same !== undefined && (same.isVerified || !isVerified)) return undefined;
    const others = held.filter((each) => each !== same);
    const kept = copyOf(claim);
    this.#keep(claim.member, withOneMore(others, { claim: kept, isVerified }, this.#limits));
    this.#forgetForBytes();
    return this.#judge(others, { claim: kept, isVerified });
  }

  /** Forgets a claim whose signature turned out to be false. */
  drop(claim: Claim): void {
    const held = this.#held.get(claim.member) ?? [];
    this.#keep(
      claim.member,
      held.filter((each) => each.isVerified || each.claim !== claim),
    );
  }

  #judge(held: readonly HeldClaim[], latest: HeldClaim): Contradiction | undefined {
    const against = held.filter(({ claim }) => contradiction(claim, latest.claim, this.#table) !== undefined);
    const found = against.find(({ isVerified }) => isVerified) ?? against[0];
    if (found === undefined) return undefined;
    const slot = slotOf(found.claim, latest.claim, this.#table);
    if (this.#proved.has(slot)) return undefined;
    const unverified = [found, latest].filter(({ isVerified }) => !isVerified).map(({ claim }) => claim);
    if (unverified.length === 0) {
      this.#proved.set(slot, latest.claim.statement);
    }
    return { claims: [found.claim, latest.claim], unverified };
  }

  #isWatched({ statement }: Claim): boolean {
    const isAbove = comparePositions(statement, this.#floor) >= 0;
    return isAbove && isInWindow(statement, this.#at, this.#window, this.#limits);
  }

  #keep(member: MemberIndex, next: readonly HeldClaim[]): void {
    this.#bytes += bytesOf(next) - bytesOf(this.#held.get(member) ?? []);
    if (next.length === 0) this.#held.delete(member);
    else this.#held.set(member, next);
  }

  #forgetBelow(floor: Position): void {
    if (comparePositions(floor, this.#floor) <= 0) return;
    this.#floor = floor;
    for (const [member, held] of this.#held) {
      const highest = highestProof(held, this.#table);
      this.#keep(
        member,
        held.filter((each) => each === highest || comparePositions(each.claim.statement, floor) >= 0),
      );
    }
    for (const [slot, position] of this.#proved) {
      if (comparePositions(position, floor) < 0) this.#proved.delete(slot);
    }
  }

  /** Too much to remember: older views go first. */
  #forgetForBytes(): void {
    const { to } = this.#window;
    while (this.#bytes > this.#limits.bytesMax) {
      const lowest = this.#lowest();
      if (lowest === undefined || comparePositions(lowest, to) >= 0) return;
      this.#forgetBelow({ instance: lowest.instance, view: toView(lowest.view + 1n) });
    }
  }

  /** The lowest position of which statements are held that may be forgotten. */
  #lowest(): Position | undefined {
    let lowest: Position | undefined;
    for (const held of this.#held.values()) {
      for (const { claim } of held) {
        if (comparePositions(claim.statement, this.#floor) < 0) continue;
        if (lowest === undefined || comparePositions(claim.statement, lowest) < 0) lowest = claim.statement;
      }
    }
    return lowest;
  }
}

function slotOf(a: Claim, b: Claim, table: VoteTable): string {
  const { instance } = a.statement;
  return `${a.member} ${contradiction(a, b, table)} ${instance}/${viewOf({ first: a, second: b })}`;
}
