import type { Claim } from '#libs/protocol/certificate.ts';
import { compareMarks, slotName, slotOf } from '#libs/protocol/vote/slot.ts';
import { kindRowOf } from '#libs/protocol/vote/vote-table.ts';
import type { CustodyContext } from './custody-context.ts';
import type { CustodyState } from './custody-state.ts';
import { statementDigest } from './statement-digest.ts';

/**
 * A true signature of this key that this record did not promise: of a slot above the mark, or of another statement
 * than the one that holds it. So the record is an older copy, or the key is in use elsewhere
 * (libs/custody/README.md G4).
 * @param claims - Verified.
 */
export function foreignUse(
  { table, me }: CustodyContext,
  state: CustodyState,
  claims: readonly Claim[],
): Claim | undefined {
  return claims.find((claim) => claim.member === me && !isPromised(claim));

  function isPromised({ statement }: Claim): boolean {
    const { kind, instance, view } = statement;
    const row = kindRowOf(table, kind);
    const mark = state.marks.get(instance);
    if (row === undefined || mark === undefined) return false;
    if (compareMarks({ view, step: row.step }, mark) > 0) return false;
    const held = state.signed.get(slotName(slotOf(state.epoch, statement, table)));
    return held === undefined || held === statementDigest(table, state, statement);
  }
}
