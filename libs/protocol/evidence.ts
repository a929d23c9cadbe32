import type { Epoch, View } from '#libs/chain/ids.ts';
import type { Claim } from './certificate.ts';
import type { Statement } from './statement.ts';
import type { ValidatorSet } from './validator-set.ts';

/**
 * The ways in which two statements of one member contradict each other (test/requirements/BYZ.md, HS-35, HS-57):
 *
 * - `double-proposal`, `double-vote`, `contradicting-timeouts`: two different statements for one slot, that is one
 *   epoch, view and kind. A vote's phase is its kind.
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
 * - A COMMIT vote above the reported view: the pre-commit certificate may come without the prepare certificate.
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
  /** Epoch of the validator set that both statements were signed in. */
  readonly epoch: Epoch;
  /** Two claims of the same member. `evidenceOf` orders them, so that a pair is the same in either order of arrival. */
  readonly first: Claim;
  readonly second: Claim;
}

const KIND_OF_SLOT = {
  proposal: 'double-proposal',
  prepare: 'double-vote',
  'pre-commit': 'double-vote',
  commit: 'double-vote',
  timeout: 'contradicting-timeouts',
} as const satisfies Record<Statement['kind'], EvidenceKind>;

/** The contradiction between two claims, or undefined. Says nothing about their signatures. */
export function contradiction(a: Claim, b: Claim): EvidenceKind | undefined {
  if (a.member !== b.member) return undefined;
  const [one, other] = [a.statement, b.statement];
  if (one.kind === other.kind && one.view === other.view) {
    return isSameStatement(one, other) ? undefined : KIND_OF_SLOT[one.kind];
  }
  return understates(one, other) || understates(other, one) ? 'understated-timeout' : undefined;
}

/** Evidence of two claims, in the one order that a pair has, or undefined when they do not contradict. */
export function evidenceOf(a: Claim, b: Claim, epoch: Epoch): Evidence | undefined {
  const kind = contradiction(a, b);
  if (kind === undefined) return undefined;
  const isOrdered = compareStatements(a.statement, b.statement) < 0;
  return { kind, epoch, first: isOrdered ? a : b, second: isOrdered ? b : a };
}

/** The view that evidence belongs to: of the lie, which is the newer of the two statements. */
export function viewOf({ first, second }: Pick<Evidence, 'first' | 'second'>): View {
  return first.statement.view > second.statement.view ? first.statement.view : second.statement.view;
}

/** The fault of evidence apart from its signatures, or undefined. Checked before any of them is verified. */
export function evidenceFault(
  { kind, epoch, first, second }: Evidence,
  set: ValidatorSet,
): string | undefined {
  if (epoch !== set.epoch) return 'evidence of another epoch';
  if (set.members[first.member] === undefined) return 'unknown member';
  if (contradiction(first, second) !== kind) return 'statements do not contradict';
  return compareStatements(first.statement, second.statement) < 0 ? undefined : 'statements out of order';
}

export function isSameStatement(a: Statement, b: Statement): boolean {
  return compareStatements(a, b) === 0;
}

/** The highest prepare certificate that a statement proves its signer to hold, by view. */
export function provedHigh(statement: Statement): View | undefined {
  if (statement.kind === 'timeout') return statement.highView;
  return statement.kind === 'pre-commit' ? statement.view : undefined;
}

/** Whether `timeout` is a timeout that reports less than an `earlier` statement proves. */
function understates(timeout: Statement, earlier: Statement): boolean {
  if (timeout.kind !== 'timeout' || earlier.view > timeout.view) return false;
  const proved = provedHigh(earlier);
  return proved !== undefined && proved > timeout.highView;
}

/** A total order: by view, kind, and then the content of the statement. */
function compareStatements(a: Statement, b: Statement): number {
  return (
    compare(a.view, b.view) ||
    compare(a.kind, b.kind) ||
    compare(numberOf(a), numberOf(b)) ||
    compare(digestOf(a), digestOf(b))
  );
}

function compare<Value extends bigint | string>(a: Value, b: Value): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function numberOf(statement: Statement): bigint {
  return statement.kind === 'timeout' ? statement.highView : statement.height;
}

function digestOf(statement: Statement): string {
  return statement.kind === 'timeout' ? statement.highDigest : statement.digest;
}
