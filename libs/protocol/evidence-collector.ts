import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from './certificate.ts';
import { CollectorWindow } from './collector-window.ts';
import { contradiction, isSameStatement, positionOf } from './evidence.ts';
import { bytesOf, copyOf, type HeldClaim, leastWorth, withinWindow, withOneMore } from './held-claims.ts';
import { COLLECTOR_LIMITS, type CollectorLimits } from './limits.ts';
import type { Position } from './vote/position.ts';
import { kindRowOf, type VoteTable } from './vote/vote-table.ts';

/** Two claims of one member that contradict each other. */
export interface Contradiction {
  readonly claims: readonly [Claim, Claim];
  /** The statements whose signatures are still to be verified; when there are none, the evidence is proved. */
  readonly unverified: readonly Claim[];
}

interface Remembered {
  readonly claims: readonly HeldClaim[];
  readonly sizeBytes: number;
}

/**
 * Remembers the statements of each member in the positions around the current one, and finds contradictions: among verified
 * claims of any source, and with unverified ones, which are worth a verification only because they contradict another.
 *
 * A member whose verified claims contradict each other within the window is found in whatever order they come, and whatever
 * anybody says in between. The memory of a member is bounded by the slots of the window, of which each holds two at most. When all
 * members together have too much, the one with most forgets: so no member displaces the statements of another that has
 * no more than an equal part, and a liar has the choice between its own. A claim that is forgotten is evidence
 * lost, never evidence made.
 */
export class EvidenceCollector {
  readonly #table: VoteTable;
  readonly #limits: CollectorLimits;
  readonly #window: CollectorWindow;
  readonly #held = new Map<MemberIndex, Remembered>();
  /** Lies that are proved, with their positions: a liar that signs a hundred votes for one slot is found once in it. */
  readonly #proved = new Map<string, Position>();
  #bytes = 0;

  constructor(table: VoteTable, limits: CollectorLimits = COLLECTOR_LIMITS) {
    this.#table = table;
    this.#limits = limits;
    this.#window = new CollectorWindow(table, limits);
  }

  /** Size of the remembered signatures. */
  get sizeBytes(): number {
    return this.#bytes;
  }

  /** The current position, which never falls: moves the window. */
  advance(position: Position): void {
    if (!this.#window.advance(position)) return;
    for (const [member, { claims }] of this.#held) {
      this.#keep(member, withinWindow(claims, this.#window, this.#table));
    }
    for (const [lie, at] of this.#proved) {
      if (!this.#window.has(at)) this.#proved.delete(lie);
    }
  }

  /**
   * Takes a claim in, and tells the first contradiction found; none where that lie was proved before. An
   * unverified claim must be of the member whose channel it came through.
   */
  take(claim: Claim, isVerified: boolean): Contradiction | undefined {
    if (!this.#isWatched(claim)) return undefined;
    const held = this.#held.get(claim.member)?.claims ?? [];
    // Newest first: a repeated claim was mostly made just now.
    const same = held.findLast((each) => isSameStatement(each.claim.statement, claim.statement));
    if (same !== undefined && (same.isVerified || !isVerified)) return undefined;
    const others = held.filter((each) => each !== same);
    const latest = { claim: copyOf(claim), isVerified };
    this.#keep(claim.member, withOneMore(others, latest, this.#table, this.#limits.unverifiedPerMember));
    this.#forgetForBytes();
    return this.#judge(others, latest);
  }

  /** Forgets a claim whose signature turned out to be false. */
  drop(claim: Claim): void {
    const held = this.#held.get(claim.member)?.claims ?? [];
    this.#keep(
      claim.member,
      held.filter((each) => each.isVerified || each.claim !== claim),
    );
  }

  #judge(held: readonly HeldClaim[], latest: HeldClaim): Contradiction | undefined {
    const against = held.filter(({ claim }) => contradiction(claim, latest.claim, this.#table) !== undefined);
    const found = against.find(({ isVerified }) => isVerified) ?? against[0];
    if (found === undefined) return undefined;
    const lie = lieOf(found.claim, latest.claim, this.#table);
    if (this.#proved.has(lie)) return undefined;
    const unverified = [found, latest].filter(({ isVerified }) => !isVerified).map(({ claim }) => claim);
    const pair = { first: found.claim, second: latest.claim };
    if (unverified.length === 0) this.#proved.set(lie, positionOf(pair));
    return { claims: [pair.first, pair.second], unverified };
  }

  /** A kind that the protocol lacks contradicts nothing. */
  #isWatched({ statement }: Claim): boolean {
    return kindRowOf(this.#table, statement.kind) !== undefined && this.#window.has(statement);
  }

  #keep(member: MemberIndex, claims: readonly HeldClaim[]): void {
    const sizeBytes = bytesOf(claims);
    this.#bytes += sizeBytes - (this.#held.get(member)?.sizeBytes ?? 0);
    if (claims.length === 0) this.#held.delete(member);
    else this.#held.set(member, { claims, sizeBytes });
  }

  /** Too much to remember: the member with most forgets first. */
  #forgetForBytes(): void {
    while (this.#bytes > this.#limits.bytesMax) {
      const [member, { claims }] = [...this.#held].reduce((most, each) =>
        each[1].sizeBytes > most[1].sizeBytes ? each : most,
      );
      const least = leastWorth(claims, this.#window, this.#table);
      this.#keep(
        member,
        claims.filter((each) => each !== least),
      );
    }
  }
}

/** The name of what two claims prove against their member: how they contradict each other, and where. */
function lieOf(a: Claim, b: Claim, table: VoteTable): string {
  const { instance, view } = positionOf({ first: a, second: b });
  return `${a.member} ${contradiction(a, b, table)} ${instance}/${view}`;
}
