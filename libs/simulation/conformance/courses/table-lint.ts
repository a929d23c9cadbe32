import { isOneSlot } from '#libs/protocol/vote/slot.ts';
import { tableFault } from '#libs/protocol/vote/table-fault.ts';
import { type KindRow, kindRowOf, type VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { staticCourse } from '../words/course.ts';

/** C1: the table alone, column by column. */
export const TABLE_LINT = staticCourse('table', 'C1', ({ table }) => lintOf(table));

/** The faults of a table that its own check (table-fault.ts) leaves to those who know a whole protocol. */
export function lintOf(table: VoteTable): readonly string[] {
  const fault = tableFault(table);
  if (fault !== undefined) return [fault];
  return [...orderFaults(table), ...leaveFaults(table), ...groundsFaults(table), ...reportFaults(table)];
}

/** A block is proposed, then prepared, then decided. */
function orderFaults(table: VoteTable): readonly string[] {
  const step = (kind: string): number => kindRowOf(table, kind)?.step ?? -1;
  const { proposal, prepared, decides } = table;
  return [
    step(proposal) === 0 ? '' : `${proposal} is not the first statement of a view`,
    step(proposal) < step(prepared) ? '' : `${prepared} is prepared, and is signed before ${proposal}`,
    step(prepared) <= step(decides) ? '' : `${decides} decides, and is signed before ${prepared}`,
  ].filter((text) => text !== '');
}

/** Views end in one way; a table without any way has one view for each instance, which nothing may remember. */
function leaveFaults(table: VoteTable): readonly string[] {
  const rows = Object.values(table.kinds);
  const [first, ...leaving] = rows.filter(({ leaves }) => leaves !== undefined);
  const remembering = rows.some(({ remembers }) => remembers !== undefined);
  if (first === undefined)
    return remembering ? ['a kind remembers a certificate, and no kind could report it'] : [];
  const others = leaving.filter((row) => !isOneSlot(row, first));
  const last = Math.max(...rows.map(({ step }) => step));
  return [
    others.length === 0 ? '' : 'views are given up in two slots',
    first.step === last ? '' : 'a view is given up, and a vote of it may follow',
  ].filter((text) => text !== '');
}

/** Each vote rests on something: the first on the proposal, a later one on the certificate of one before it. */
function groundsFaults(table: VoteTable): readonly string[] {
  return voteRows(table).flatMap(([kind, { step, grounds, needs }]) => {
    if (step === 1) return grounds === 'none' ? [`${kind} is the first vote, and rests on no proposal`] : [];
    if (needs === undefined) return [`${kind} is a later vote, and needs no certificate`];
    const needed = kindRowOf(table, needs)?.step ?? step;
    return needed < step ? [] : [`${kind} needs a certificate of ${needs}, which is not before it`];
  });
}

/** The certificate that is reported is remembered by a vote that is cast on it: evidence of a hidden one rests on that. */
function reportFaults(table: VoteTable): readonly string[] {
  const rows = Object.entries(table.kinds);
  if (rows.every(([, { leaves }]) => leaves === undefined)) return [];
  const high = rows.filter(([, { remembers }]) => remembers === 'high');
  if (high.length === 0) return [`no kind remembers a certificate of ${table.prepared}, which is reported`];
  return high
    .filter(([, { needs }]) => needs !== table.prepared)
    .map(
      ([kind]) => `${kind} remembers another certificate than that of ${table.prepared}, which is reported`,
    );
}

/** Votes of members, apart from proposals and from what gives a view up. */
function voteRows(table: VoteTable): readonly (readonly [string, KindRow])[] {
  return Object.entries(table.kinds).filter(
    ([, { leaderOnly, leaves }]) => leaderOnly !== true && leaves === undefined,
  );
}
