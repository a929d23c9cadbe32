import type { Digest, Epoch, MemberIndex, View } from '#libs/chain/ids.ts';
import type { Claim } from './certificate.ts';
import type { ValidatorSet } from './validator-set.ts';
import type { Position } from './vote/position.ts';
import { isOneSlot } from './vote/slot.ts';
import type { VoteStatement } from './vote/statement.ts';
import { compareStatements } from './vote/statement-order.ts';
import { type KindRow, kindRowOf, type VoteTable } from './vote/vote-table.ts';

/**
 * The ways in which two statements of one member contradict each other (test/requirements/BYZ.md, HS-35, HS-57):
 *
 * - `double-proposal`, `double-vote`, `contradicting-timeouts`: two different statements for one slot, that is one
 *   epoch, instance, view and place of the kind in the view. A vote's phase is its kind.
 * - `understated-timeout`: a timeout of view w reports a highest prepare certificate of view h, but an own statement
 *   of a view v <= w proves a higher one: a PRE-COMMIT vote of view v > h, or an earlier timeout that reports more.
 *   NEW-VIEW itself is not signed; the timeout is the report that a next leader relies on.
 *
 * No honest member can ever make such a pair, against any behaviour of the others and after any number of crashes
 * (libs/simulation/README.md L7). A slot: the record says what was signed before the signer is asked, and the signer
 * gives one signature per slot. A report: a PRE-COMMIT vote is cast on a prepare certificate of its view, which is in
 * the same durable record; `high` in that record never falls, and nothing of a view is signed after its timeout or
 * that of a later one.
 *
 * Not evidence, because an honest member may do it:
 *
 * - A vote above the reported view whose row remembers another certificate than the one that is reported, as a COMMIT vote
 *   does on a pre-commit certificate, which may come without the prepare certificate.
 * - Votes of several phases of one view for different blocks, or a report of another block of the voted view: two
 *   certificates that cannot both exist make an honest member do that once more than f others lie.
 * - A vote and a timeout of one view: it gave up after it had voted; signatures carry no order.
 */
export type EvidenceKind =
  | 'double-proposal'
  | 'double-vote'
  | 'contradicting-timeouts'
  | 'understated-timeout';

export const EVIDENCE_KINDS: readonly EvidenceKind[] = [
  'double-proposal',
  'double-vote',
  'contradicting-timeouts',
  'understated-timeout',
];

/** Two signed statements of one member that contradict each other. Believed once both signatures are verified. */
export interface Evidence {
  readonly kind: EvidenceKind;
  /** The protocol that both statements were signed in, whose table says that they contradict each other. */
  readonly protocol: string;
  /** Epoch of the validator set that both statements were signed in. */
  readonly epoch: Epoch;
  /** Two claims of the same member. `evidenceOf` orders them, so that a pair is the same in either order of arrival. */
  readonly first: Claim;
  readonly second: Claim;
}

/** The member that evidence accuses, by its place in an epoch of a chain. */
export interface Accused {
  readonly chain: Digest;
  readonly epoch: Epoch;
  readonly member: MemberIndex;
}

/** The contradiction between two claims, or undefined. Says nothing about their signatures. */
export function contradiction(a: Claim, b: Claim, table: VoteTable): EvidenceKind | undefined {
  if (a.member !== b.member || a.statement.instance !== b.statement.instance) return undefined;
  const [one, other] = [a.statement, b.statement];
  const [row, otherRow] = [kindRowOf(table, one.kind), kindRowOf(table, other.kind)];
  if (row === undefined || otherRow === undefined) return undefined;
  if (isOneSlot(row, otherRow) && one.view === other.view) {
    return isSameStatement(one, other) ? undefined : kindOfSlot(row);
  }
  if (row.leaves === undefined && otherRow.leaves === undefined) return undefined;
  const understated = understates(one, other, table) || understates(other, one, table);
  return understated ? 'understated-timeout' : undefined;
}

/** The contradiction of two different statements in one slot. */
function kindOfSlot({ leaderOnly, leaves }: KindRow): EvidenceKind {
  if (leaves !== undefined) return 'contradicting-timeouts';
  return leaderOnly === true ? 'double-proposal' : 'double-vote';
}

/** Evidence of two claims, in the one order that a pair has, or undefined when they do not contradict. */
export function evidenceOf(a: Claim, b: Claim, epoch: Epoch, table: VoteTable): Evidence | undefined {
  const kind = contradiction(a, b, table);
  if (kind === undefined) return undefined;
  const isOrdered = compareStatements(a.statement, b.statement) < 0;
  const { protocol } = table;
  return { kind, protocol, epoch, first: isOrdered ? a : b, second: isOrdered ? b : a };
}

/** The position that evidence belongs to: of the lie, which is the newer of the two statements. Both are of one instance. */
export function positionOf({ first, second }: Pick<Evidence, 'first' | 'second'>): Position {
  const { instance, view } = first.statement;
  return { instance, view: view > second.statement.view ? view : second.statement.view };
}

/** The view of the position that evidence belongs to. */
export function viewOf(evidence: Pick<Evidence, 'first' | 'second'>): View {
  return positionOf(evidence).view;
}

/** The fault of evidence apart from its signatures, or undefined. Checked before any of them is verified. */
export function evidenceFault(
  { kind, protocol, epoch, first, second }: Evidence,
  set: ValidatorSet,
  table: VoteTable,
): string | undefined {
  if (protocol !== table.protocol) return 'evidence of another protocol than that of its epoch';
  if (epoch !== set.epoch) return 'evidence of another epoch';
  if (set.members[first.member] === undefined) return 'unknown member';
  if (contradiction(first, second, table) !== kind) return 'statements do not contradict';
  return compareStatements(first.statement, second.statement) < 0 ? undefined : 'statements out of order';
}

export function isSameStatement(a: VoteStatement, b: VoteStatement): boolean {
  // Most of those that differ do so in their kind or view.
  return a === b || (a.kind === b.kind && a.view === b.view && compareStatements(a, b) === 0);
}

/**
 * The view of the highest prepared certificate that a statement proves its signer to hold: the one that a vote was cast
 * on, where the protocol has the key remember it, or the one that is reported.
 */
export function provedHigh(statement: VoteStatement, table: VoteTable): View | undefined {
  const row = kindRowOf(table, statement.kind);
  if (row?.remembers === 'high') return statement.view;
  return row?.leaves === undefined ? undefined : highestReported(statement);
}

/** Whether `leaving` reports less than an `earlier` statement proves. */
function understates(leaving: VoteStatement, earlier: VoteStatement, table: VoteTable): boolean {
  if (kindRowOf(table, leaving.kind)?.leaves === undefined || earlier.view > leaving.view) return false;
  const proved = provedHigh(earlier, table);
  const reported = highestReported(leaving);
  return proved !== undefined && (reported === undefined || proved > reported);
}

/** The highest view that a statement reports for its own instance. */
function highestReported({ instance, reports }: VoteStatement): View | undefined {
  const views = reports.filter((each) => each.instance === instance).map(({ view }) => view);
  return views.reduce<View | undefined>(
    (max, view) => (max === undefined || view > max ? view : max),
    undefined,
  );
}
