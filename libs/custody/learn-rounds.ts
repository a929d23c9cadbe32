import type { Digest, MemberIndex, View } from '#libs/chain/ids.ts';
import { hasQuorum } from '#libs/protocol/validator-set.ts';
import type { Report, VoteStatement } from '#libs/protocol/vote/statement.ts';
import { kindRowOf } from '#libs/protocol/vote/vote-table.ts';
import type { Custodian } from './custodian.ts';
import { reachedBy } from './judge.ts';

/** A statement by which a member gave up a view. */
export interface Leave {
  readonly member: MemberIndex;
  readonly statement: VoteStatement;
}

/**
 * Remembers the blocks that the view after may begin with: computed here, from the reports of a quorum that
 * gave the view up (libs/custody/README.md 3.4; PBFT calls it the O-set of a NEW-VIEW). In each open instance
 * this is the reported block of the highest view, or any where none was reported: a block decided before is
 * then in a report of a member of that quorum.
 * @param leaves - Every signature in them was verified.
 * @returns Whether they are a valid quorum. False teaches nothing: no quorum, not all of one view and instance,
 * or a report of the highest view, or a checkpoint that one of them claims to rest on, that was not verified here yet.
 */
export function learnChoices(custodian: Custodian, leaves: readonly Leave[]): boolean {
  const { context, facts, state } = custodian;
  const [first] = leaves;
  if (
    first === undefined ||
    !hasQuorum(
      context.set,
      leaves.map(({ member }) => member),
    )
  )
    return false;
  const { kind, view, instance } = first.statement;
  const row = kindRowOf(context.table, kind);
  if (row?.leaves === undefined) return false;
  const isAll = row.leaves === 'everywhere';
  const statements = leaves.map(({ statement }) => statement);
  if (!statements.every((each) => each.kind === kind && each.view === view)) return false;
  if (!isAll && !statements.every((each) => each.instance === instance)) return false;
  const reports = statements.flatMap((each) => each.reports);
  const { prepared } = context.table;
  // A lower one than the highest, true or not, changes no choice, and its certificate may be nowhere to be had.
  const needsProof = (each: Report): boolean =>
    !reports.some(({ instance: of, view: at }) => of === each.instance && at > each.view);
  const isProved = (each: Report): boolean => facts.isReportable({ kind: prepared, ...each });
  if (!reports.every((each) => each.view <= view && (!needsProof(each) || isProved(each)))) return false;
  const from = isAll
    ? statements.reduce((most, each) => (each.instance > most ? each.instance : most), 0n)
    : instance;
  if (isAll && from > reachedBy(context, state, facts).openFrom) return false;
  facts.chosen(isAll ? 'everywhere' : instance, (view + 1n) as View, { from, only: highest(reports) });
  return true;
}

/** The reported block of the highest view in each instance: two of one view cannot both be certified. */
function highest(reports: readonly Report[]): ReadonlyMap<bigint, Digest> {
  const best = new Map<bigint, Report>();
  for (const report of reports) {
    const known = best.get(report.instance);
    if (known === undefined || report.view > known.view) best.set(report.instance, report);
  }
  return new Map([...best].map(([instance, { digest }]) => [instance, digest]));
}
