import { type Digest, type MemberIndex, toView } from '#libs/chain/ids.ts';
import { hasQuorum } from '#libs/protocol/validator-set.ts';
import type { Report, VoteStatement } from '#libs/protocol/vote/statement.ts';
import { kindRowOf } from '#libs/protocol/vote/vote-table.ts';
import type { CustodyContext } from './custody-context.ts';
import type { FactBook } from './fact-book.ts';

/** A statement by which a member gave up a view. */
export interface Leave {
  readonly member: MemberIndex;
  readonly statement: VoteStatement;
}

/** The part of a key that learns. */
interface Learner {
  readonly context: CustodyContext;
  readonly facts: FactBook;
}

/**
 * Remembers the blocks that the view after may begin with: computed here, from the reports of a quorum that
 * gave the view up (libs/custody/README.md 3.4; PBFT calls it the O-set of a NEW-VIEW). It is the reported block of the
 * highest view, or any where none was reported: a block decided before is then in a report of a member of that quorum.
 * @param leaves - Every signature in them was verified.
 * @returns Whether they are a valid quorum. False teaches nothing: no quorum, not all of one view and instance,
 * or no report of the highest view whose certificate was verified here.
 */
export function learnChoices({ context, facts }: Learner, leaves: readonly Leave[]): boolean {
  const { table, set } = context;
  const [first] = leaves;
  const members = leaves.map(({ member }) => member);
  if (first === undefined || !hasQuorum(set, members)) return false;
  const { kind, view, instance } = first.statement;
  if (kindRowOf(table, kind)?.leaves === undefined) return false;
  const isOfOne = ({ statement: each }: Leave): boolean =>
    each.kind === kind && each.view === view && each.instance === instance;
  const reports = leaves.flatMap(({ statement }) => statement.reports);
  const isReportedHere = (each: Report): boolean => each.instance === instance && each.view <= view;
  if (!leaves.every(isOfOne) || !reports.every(isReportedHere)) return false;
  const isProved = (each: Report): boolean => facts.isReportable({ kind: table.prepared, ...each });
  const only = highestProved(reports, isProved);
  if (only === undefined && reports.length > 0) return false;
  facts.chosen({ instance, view: toView(view + 1n) }, { only: only && [only] });
  return true;
}

/**
 * The reported block of the highest view: the certified one, for two of one view cannot both be. A lower report, true
 * or not, changes no choice, and its certificate may be nowhere to be had.
 */
function highestProved(
  reports: readonly Report[],
  isProved: (report: Report) => boolean,
): Digest | undefined {
  const highest = reports.reduce((most, { view }) => (view > most ? view : most), toView(0n));
  return reports.find((each) => each.view === highest && isProved(each))?.digest;
}
