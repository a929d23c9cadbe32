import type { Claim } from './certificate.ts';
import type { CollectorWindow } from './collector-window.ts';
import { provedHigh } from './evidence.ts';
import { signedOf } from './signed.ts';
import { comparePositions } from './vote/position.ts';
import { isOneSlot } from './vote/slot.ts';
import type { VoteStatement } from './vote/statement.ts';
import { kindRowOf, type VoteTable } from './vote/vote-table.ts';

/** A statement of a member that a detector of contradictions remembers. */
export interface HeldClaim {
  readonly claim: Claim;
  readonly isVerified: boolean;
}

/**
 * `held` with one more, which is not among them. An unverified one replaces the oldest unverified, which was the member's own
 * too: it came through its channel. A verified one stays unless two of its slot say as much: the one that
 * proves most of what the member held, and the one that reports least. All that contradicts a third one contradicts one of these,
 * in the same position.
 */
export function withOneMore(
  held: readonly HeldClaim[],
  latest: HeldClaim,
  table: VoteTable,
  unverifiedMax: number,
): readonly HeldClaim[] {
  if (!latest.isVerified) {
    const unverified = held.filter(({ isVerified }) => !isVerified);
    const oldest = unverified.length >= unverifiedMax ? unverified[0] : undefined;
    return [...held.filter((each) => each !== oldest), latest];
  }
  const inSlot = [
    ...held.filter(
      ({ claim, isVerified }) => isVerified && isOfSlot(claim.statement, latest.claim.statement, table),
    ),
    latest,
  ];
  const needed = new Set([extreme(inSlot, table, 1), extreme(inSlot, table, -1)]);
  return [...held, latest].filter((each) => !inSlot.includes(each) || needed.has(each));
}

/**
 * Those that the window still has, and the statement that proves the highest certificate of the member: a later report below
 * it is understated, however late.
 */
export function withinWindow(
  held: readonly HeldClaim[],
  window: CollectorWindow,
  table: VoteTable,
): readonly HeldClaim[] {
  const highest = highestProof(held, table);
  return held.filter((each) => each === highest || window.has(each.claim.statement));
}

/**
 * The claim of a member that is forgotten first when all of them are too many: an unverified one, then the farthest from
 * here, and last the proof of the highest certificate.
 */
export function leastWorth(
  held: readonly HeldClaim[],
  window: CollectorWindow,
  table: VoteTable,
): HeldClaim | undefined {
  const unverified = held.find(({ isVerified }) => !isVerified);
  if (unverified !== undefined) return unverified;
  const proof = highestProof(held, table);
  const others = held.filter((each) => each !== proof);
  const isFarther = (a: HeldClaim, b: HeldClaim) =>
    window.compareDistance(a.claim.statement, b.claim.statement) > 0;
  return (
    others.reduce<HeldClaim | undefined>(
      (far, each) => (far === undefined || isFarther(each, far) ? each : far),
      undefined,
    ) ?? proof
  );
}

/** The verified statement that proves the highest certificate of a member, in the newest instance that has one. */
function highestProof(held: readonly HeldClaim[], table: VoteTable): HeldClaim | undefined {
  let highest: HeldClaim | undefined;
  for (const each of held) {
    const proved = each.isVerified ? provedBy(each, table) : undefined;
    if (proved === undefined) continue;
    const known = highest && provedBy(highest, table);
    if (known === undefined || comparePositions(proved, known) > 0) highest = each;
  }
  return highest;
}

function provedBy({ claim: { statement } }: HeldClaim, table: VoteTable) {
  const view = provedHigh(statement, table);
  return view === undefined ? undefined : { instance: statement.instance, view };
}

/** The first that proves most, or least. Those of votes prove the same. */
function extreme(
  [first, ...others]: readonly HeldClaim[],
  table: VoteTable,
  sign: 1 | -1,
): HeldClaim | undefined {
  const height = ({ claim }: HeldClaim) => provedHigh(claim.statement, table) ?? -1n;
  return others.reduce((found, each) => {
    const isBeyond = found && (sign === 1 ? height(each) > height(found) : height(each) < height(found));
    return isBeyond === true ? each : found;
  }, first);
}

function isOfSlot(a: VoteStatement, b: VoteStatement, table: VoteTable): boolean {
  if (comparePositions(a, b) !== 0) return false;
  const [row, other] = [kindRowOf(table, a.kind), kindRowOf(table, b.kind)];
  return row !== undefined && other !== undefined ? isOneSlot(row, other) : a.kind === b.kind;
}

/** Frees a signature from the network frame that it is a view of. */
export function copyOf({ statement, ...signed }: Claim): Claim {
  return { ...signedOf(signed), statement, signature: new Uint8Array(signed.signature) };
}

/** Size of the signatures. */
export function bytesOf(held: readonly HeldClaim[]): number {
  return held.reduce((sum, { claim }) => sum + claim.signature.length, 0);
}
