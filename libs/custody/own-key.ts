import type { Claim } from '#libs/protocol/certificate.ts';
import { compareMarks, slotName, slotOf } from '#libs/protocol/vote/slot.ts';
import { kindRowOf } from '#libs/protocol/vote/vote-table.ts';
import type { CustodyContext } from './custody-context.ts';
import type { CustodyState } from './custody-state.ts';
import { REPEATABLE_SLOTS_MAX } from './limits.ts';
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
    if (row === undefined) return false;
    const held = state.signed.get(slotName(slotOf(state.epoch, statement, table)));
    if (held !== undefined) return held === statementDigest(table, state, statement);
    // The mark of an instance goes with it: after that the slots alone tell.
    if (instance < state.openFrom) return mayHaveForgotten(state);
    const mark = state.marks.get(instance);
    return mark !== undefined && compareMarks({ view, step: row.step }, mark) <= 0;
  }
}

/** Whether the record may hold no slot of a statement that it promised. */
function mayHaveForgotten({ signed, isRecovered }: CustodyState): boolean {
  return isRecovered || signed.size >= REPEATABLE_SLOTS_MAX;
}
