import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from './certificate.ts';
import { CollectorWindow } from './collector-window.ts';
import { contradiction, positionOf } from './evidence.ts';
import { copyOf, type HeldClaim } from './held-claim.ts';
import { HeldClaims } from './held-claims.ts';
import { COLLECTOR_LIMITS, type CollectorLimits } from './limits.ts';
import type { Position } from './vote/position.ts';
import { kindRowOf, type VoteTable } from './vote/vote-table.ts';

/** Two claims of one member that contradict each other. */
export interface Contradiction {
  readonly claims: readonly [Claim, Claim];
  /** The statements whose signatures are still to be verified; when there are none, the evidence is proved. */
  readonly unverified: readonly Claim[];
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
  readonly #held = new Map<MemberIndex, HeldClaims>();
  /** Lies that are proved, with their positions: a liar that signs a hundred votes for one slot is found once in it. */
  readonly #proved = new Map<string, Position>();
  #heard = 0;
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
    for (const held of this.#held.values()) this.#change(held, () => held.keepWithin(this.#window));
    for (const [lie, at] of this.#proved) {
      if (!this.#window.has(at)) this.#proved.delete(lie);
    }
  }

  /**
   * Takes a claim in, and tells the first contradiction found; none where that lie was proved before. An
   * unverified claim must be of the member whose channel it came through.
   */
  take(claim: Claim, isVerified: boolean): Contradiction | undefined {
    const row = kindRowOf(this.#table, claim.statement.kind);
    // A kind that the protocol lacks contradicts nothing.
    if (row === undefined || !this.#window.has(claim.statement)) return undefined;
    const held = this.#heldOf(claim.member);
    const same = held.find(claim.statement);
    if (same !== undefined && (same.isVerified || !isVerified)) return undefined;
    if (same !== undefined) this.#change(held, () => held.remove(same));
    this.#heard += 1;
    const isReport = row.leaves !== undefined;
    const latest = { claim: copyOf(claim), isVerified, isReport, number: this.#heard };
    const others = held.beside(latest);
    this.#change(held, () => held.add(latest));
    this.#forgetForBytes();
    return this.#judge(others, latest);
  }

  /** Forgets a claim whose signature turned out to be false. */
  drop(claim: Claim): void {
    const held = this.#held.get(claim.member);
    const dropped = held?.all.find((each) => !each.isVerified && each.claim === claim);
    if (held !== undefined && dropped !== undefined) this.#change(held, () => held.remove(dropped));
  }

  #heldOf(member: MemberIndex): HeldClaims {
    const held = this.#held.get(member) ?? new HeldClaims(this.#table, this.#limits.unverifiedPerMember);
    this.#held.set(member, held);
    return held;
  }

  #judge(held: readonly HeldClaim[], latest: HeldClaim): Contradiction | undefined {
    const against = held
      .filter(({ claim }) => contradiction(claim, latest.claim, this.#table) !== undefined)
      .sort((a, b) => a.number - b.number);
    const found = against.find(({ isVerified }) => isVerified) ?? against[0];
    if (found === undefined) return undefined;
    const lie = lieOf(found.claim, latest.claim, this.#table);
    if (this.#proved.has(lie)) return undefined;
    const unverified = [found, latest].filter(({ isVerified }) => !isVerified).map(({ claim }) => claim);
    const pair = { first: found.claim, second: latest.claim };
    if (unverified.length === 0) this.#proved.set(lie, positionOf(pair));
    return { claims: [pair.first, pair.second], unverified };
  }

  /** Too much to remember: the member with most forgets first. */
  #forgetForBytes(): void {
    while (this.sizeBytes > this.#limits.bytesMax) {
      const most = [...this.#held.values()].reduce((found, each) =>
        each.sizeBytes > found.sizeBytes ? each : found,
      );
      const least = most.leastWorth(this.#window);
      if (least !== undefined) this.#change(most, () => most.remove(least));
    }
  }

  /** Every change of what is held of a member, for the sum of all: it is asked for with every claim. */
  #change(held: HeldClaims, change: () => void): void {
    const before = held.sizeBytes;
    change();
    this.#bytes += held.sizeBytes - before;
  }
}

/** The name of what two claims prove against their member: how they contradict each other, and where. */
function lieOf(a: Claim, b: Claim, table: VoteTable): string {
  const { instance, view } = positionOf({ first: a, second: b });
  return `${a.member} ${contradiction(a, b, table)} ${instance}/${view}`;
}
