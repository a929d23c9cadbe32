import { toEpoch, toView } from '#libs/chain/ids.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import { slotName } from '#libs/protocol/vote/slot.ts';
import { kindRowOf, type VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { AuditEntry, AuditRow } from './audit-entry.ts';

/** The statements of a record's audit log about the rest of it. */
export interface LoggedFacts {
  /**
   * The newest rows of signatures, at most as many as the record repeats, since slots were last merged or an
   * epoch began.
   */
  readonly signed: readonly AuditRow[];
  /** The newest row that shows whether the key may sign; undefined when no row shows it. */
  readonly mode: Pick<AuditEntry, 'outcome' | 'kind'> | undefined;
  /** Number of the newest session; 0 for none. */
  readonly session: bigint;
}

/** Rows after which the key signs nothing until a later row allows it. */
const SILENCING: readonly string[] = ['QUARANTINE', 'RETIRED'];

/**
 * The facts in the log that the state lacks: each record writes both at once, so somebody edited the one and
 * not the other (libs/custody/README.md 3.1). Undefined when they agree.
 * @param table - The votes of the protocol of the epoch, which say what locks the key; undefined where they are not known.
 */
export function loggedAndForgotten(
  state: CustodyState,
  log: LoggedFacts,
  table: Pick<VoteTable, 'kinds'> | undefined,
): string | undefined {
  if (log.session > state.session) return `session ${log.session} was opened`;
  const isSilenced = SILENCING.includes(log.mode?.outcome ?? '');
  if (isSilenced && state.mode === 'active') return `it was put to silence (${log.mode?.outcome})`;
  const row = log.signed.find((each) => isForgotten(state, each, table));
  return row && `a ${row.kind} was signed in view ${row.view}`;
}

function isForgotten(
  state: CustodyState,
  { epoch, instance, view, kind, digest }: AuditRow,
  table: Pick<VoteTable, 'kinds'> | undefined,
): boolean {
  if (epoch !== state.epoch || instance < state.openFrom) return false;
  const slot = slotName({ epoch: toEpoch(epoch), instance, view: toView(view), kind });
  const mark = state.marks.get(instance);
  const isLocking = table !== undefined && kindRowOf(table, kind)?.remembers === 'lock';
  const isUnlocked = isLocking && (state.lock?.view ?? 0n) < view;
  return state.signed.get(slot) !== digest || mark === undefined || mark.view < view || isUnlocked;
}
