import type { Claim } from './certificate.ts';
import { provedHigh } from './evidence.ts';
import { signedOf } from './signed.ts';
import { comparePositions, type Position } from './vote/position.ts';
import { isOneSlot } from './vote/slot.ts';
import type { VoteStatement } from './vote/statement.ts';
import { kindRowOf, type VoteTable } from './vote/vote-table.ts';

/** A statement of a member that a detector of contradictions remembers. */
export interface HeldClaim {
  readonly claim: Claim;
  readonly isVerified: boolean;
  /** Whether its kind leaves a view: it may be contradicted by what was said in another one. */
  readonly isReport: boolean;
  /** Counts up with what is heard: of two that a claim contradicts, the one that was heard first is told. */
  readonly number: number;
}

/** The verified statement that proves the highest certificate of a member, in the newest instance that has one. */
export function highestProof(held: readonly HeldClaim[], table: VoteTable): HeldClaim | undefined {
  let highest: { readonly by: HeldClaim; readonly at: Position } | undefined;
  for (const by of held) {
    const at = by.isVerified ? provedBy(by, table) : undefined;
    if (at === undefined) continue;
    if (highest === undefined || comparePositions(at, highest.at) > 0) highest = { by, at };
  }
  return highest?.by;
}

function provedBy({ claim: { statement } }: HeldClaim, table: VoteTable): Position | undefined {
  const view = provedHigh(statement, table);
  return view === undefined ? undefined : { instance: statement.instance, view };
}

/** The first that proves most (1), or least (-1). Those of votes prove the same. */
export function extreme(
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

export function isOfSlot(a: VoteStatement, b: VoteStatement, table: VoteTable): boolean {
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
