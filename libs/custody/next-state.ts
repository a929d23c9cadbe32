import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { KindRow } from '#libs/protocol/vote/vote-table.ts';
import {
  type CustodyState,
  type Remembered,
  type SignedSlot,
  stillOpen,
  withMark,
  withSlot,
} from './custody-state.ts';
import type { Reached, Rules } from './judge.ts';

/** A statement that may be signed. */
export interface Granted extends SignedSlot {
  readonly statement: VoteStatement;
  readonly row: KindRow;
  readonly reached: Reached;
  readonly rules: Rules;
}

/**
 * The state once `granted` is signed. Every value in it only rises, except those that are forgotten with their
 * instance.
 */
export function stateAfter(state: CustodyState, granted: Granted): CustodyState {
  const { statement, row, reached, rules } = granted;
  const { instance, view } = statement;
  const mark = { view, step: row.step };
  const { openFrom } = reached;
  const { high, lock } = remembered(state, granted);
  const isMarked = row.leaves === undefined || rules.leaving;
  return {
    ...state,
    marks: stillOpen(isMarked ? withMark(state, instance, mark) : state.marks, openFrom),
    signed: withSlot(state, granted),
    high: stillOpen(high, openFrom),
    lock,
    openFrom,
    proven: reached.proven,
  };
}

/** Raised by the certificate that the statement rests on: in the same transaction as the mark. */
function remembered(
  state: CustodyState,
  { statement, row: { remembers } }: Granted,
): Pick<CustodyState, 'high' | 'lock'> {
  const { high, lock } = state;
  const { instance, view, block } = statement;
  if (remembers === undefined || block === undefined) return { high, lock };
  const certificate = { view, ...block };
  if (remembers === 'lock') return { high, lock: newer(lock, certificate) };
  return { high: new Map(high).set(instance, newer(high.get(instance), certificate)), lock };
}

function newer(known: Remembered | undefined, found: Remembered): Remembered {
  return known === undefined || found.view > known.view ? found : known;
}
