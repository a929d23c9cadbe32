import type { MemberIndex, View } from '#libs/chain/ids.ts';
import type { Claim } from './certificate.ts';
import { contradiction, isSameStatement, provedHigh, viewOf } from './evidence.ts';
import { COLLECTOR_LIMITS, type CollectorLimits } from './limits.ts';

/** Two claims of one member that contradict each other. */
export interface Contradiction {
  readonly claims: readonly [Claim, Claim];
  /** The statements whose signatures are still to be verified; when there are none, the evidence is proved. */
  readonly unverified: readonly Claim[];
}

interface Held {
  readonly claim: Claim;
  readonly isVerified: boolean;
}

/**
 * Remembers the statements of each member in the views around the current one, and finds contradictions: among verified
 * claims of any source, and with unverified ones, which are worth a verification only because they contradict another.
 * Deterministic, and bounded by `CollectorLimits` for any input. A claim that is forgotten is evidence lost, never evidence made.
 */
export class EvidenceCollector {
  readonly #limits: CollectorLimits;
  readonly #held = new Map<MemberIndex, readonly Held[]>();
  /** Slots that are proved, with their views: a liar that signs a hundred votes for one slot is found once in it. */
  readonly #proved = new Map<string, View>();
  #view = 1n as View;
  /** Views below it are forgotten. */
  #floor = 0n;
  #bytes = 0;

  constructor(limits: CollectorLimits = COLLECTOR_LIMITS) {
    this.#limits = limits;
  }

  /** Size of the remembered signatures. */
  get sizeBytes(): number {
    return this.#bytes;
  }

  /** The current view, which never falls: moves the window. */
  advance(view: View): void {
    if (view <= this.#view) return;
    this.#view = view;
    this.#forgetBelow(view - this.#limits.viewsBack);
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
    this.#keep(claim.member, this.#withRoom(others, { claim: kept, isVerified }));
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

  #judge(held: readonly Held[], latest: Held): Contradiction | undefined {
    const against = held.filter(({ claim }) => contradiction(claim, latest.claim) !== undefined);
    const found = against.find(({ isVerified }) => isVerified) ?? against[0];
    if (found === undefined) return undefined;
    const slot = slotOf(found.claim, latest.claim);
    if (this.#proved.has(slot)) return undefined;
    const unverified = [found, latest].filter(({ isVerified }) => !isVerified).map(({ claim }) => claim);
    if (unverified.length === 0) {
      this.#proved.set(slot, latest.claim.statement.view);
    }
    return { claims: [found.claim, latest.claim], unverified };
  }

  #isWatched({ statement: { view } }: Claim): boolean {
    return view >= this.#floor && view <= this.#view + this.#limits.viewsAhead;
  }

  /** `held` with one more: an unverified one replaces the oldest unverified; beyond `claimsPerMember` it is dropped. */
  #withRoom(held: readonly Held[], latest: Held): readonly Held[] {
    const { unverifiedPerMember, claimsPerMember } = this.#limits;
    const unverified = held.filter(({ isVerified }) => !isVerified);
    const isCrowded = !latest.isVerified && unverified.length >= unverifiedPerMember;
    const rest = isCrowded ? held.filter((each) => each !== unverified[0]) : held;
    return rest.length >= claimsPerMember ? rest : [...rest, latest];
  }

  #keep(member: MemberIndex, next: readonly Held[]): void {
    this.#bytes += bytesOf(next) - bytesOf(this.#held.get(member) ?? []);
    if (next.length === 0) this.#held.delete(member);
    else this.#held.set(member, next);
  }

  #forgetBelow(floor: bigint): void {
    if (floor <= this.#floor) return;
    this.#floor = floor;
    for (const [member, held] of this.#held) {
      const highest = highestProof(held);
      this.#keep(
        member,
        held.filter((each) => each === highest || each.claim.statement.view >= floor),
      );
    }
    for (const [slot, view] of this.#proved) if (view < floor) this.#proved.delete(slot);
  }

  /** Too much to remember: older views go first. */
  #forgetForBytes(): void {
    const top = this.#view + this.#limits.viewsAhead;
    while (this.#bytes > this.#limits.bytesMax && this.#floor < top) this.#forgetBelow(this.#floor + 1n);
  }
}

/** The statement that proves the highest certificate of a member: a later report below it is understated, however late. */
function highestProof(held: readonly Held[]): Held | undefined {
  let highest: Held | undefined;
  for (const each of held) {
    const proved = each.isVerified ? provedHigh(each.claim.statement) : undefined;
    const known = highest && provedHigh(highest.claim.statement);
    if (proved !== undefined && (known === undefined || proved > known)) highest = each;
  }
  return highest;
}

function slotOf(a: Claim, b: Claim): string {
  return `${a.member} ${contradiction(a, b)} ${viewOf({ first: a, second: b })}`;
}

/** Frees a signature from the network frame that it is a view of. */
function copyOf({ member, statement, signature }: Claim): Claim {
  return { member, statement, signature: new Uint8Array(signature) };
}

function bytesOf(held: readonly Held[]): number {
  return held.reduce((sum, { claim }) => sum + claim.signature.length, 0);
}
