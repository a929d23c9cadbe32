import type { ViolationKind } from '../checks/findings.ts';
import { casesNotBuilt } from './courses.ts';
import type { PartResult, PlannedPart } from './open-conformance.ts';
import { type ConformanceRow, nameOfRow } from './row.ts';
import { CASE_IDS, CASE_TITLES, type CaseId } from './words/case-id.ts';
import type { CaseFailure, CaseFigures, CaseGap } from './words/course.ts';

/** `unrun`: no part of it was in this shard, or nobody asked for it. */
export type CaseState = 'passed' | 'failed' | 'skipped' | 'not built yet' | 'unrun';

export interface CaseVerdict {
  readonly case: CaseId;
  readonly title: string;
  readonly state: CaseState;
  /** Why it is skipped. */
  readonly reason?: string;
  /** What it was to show, and could not on this machine. */
  readonly gaps: readonly string[];
}

export interface RowVerdict {
  readonly row: string;
  readonly cases: readonly CaseVerdict[];
}

/** A failure with the part that shows it again. */
export interface ToldFailure extends CaseFailure {
  readonly row: string;
  readonly part: string;
}

const FAILURES_MAX = 40;

/** Counts the results of the parts, whoever ran them. */
export class ConformanceTally {
  readonly #rows: readonly ConformanceRow[];
  readonly #ran = new Set<string>();
  readonly #failed = new Set<string>();
  readonly #kinds = new Map<ViolationKind, Set<string>>();
  readonly failures: ToldFailure[] = [];
  readonly figures: (CaseFigures & { readonly row: string })[] = [];
  readonly gaps: (CaseGap & { readonly row: string })[] = [];
  runs = 0;
  mutants = 0;
  caught = 0;

  constructor(rows: readonly ConformanceRow[]) {
    this.#rows = rows;
  }

  add({ planned, runs, failures, mutants, figures = [], gaps = [] }: PartResult): void {
    this.runs += runs;
    this.mutants += mutants?.tried ?? 0;
    this.caught += mutants?.caught ?? 0;
    for (const id of planned.judges) this.#ran.add(keyOf(planned, id));
    const { row } = planned;
    this.figures.push(...figures.map((each) => ({ ...each, row })));
    this.gaps.push(...gaps.map((each) => ({ ...each, row })));
    for (const failure of failures) this.#addFailure(planned, failure);
  }

  /** Runs in which a promise of this kind broke. */
  count(kind: ViolationKind): number {
    return this.#kinds.get(kind)?.size ?? 0;
  }

  verdicts(): readonly RowVerdict[] {
    const missing = casesNotBuilt();
    return this.#rows.map((row) => ({
      row: nameOfRow(row),
      cases: CASE_IDS.map((id) => this.#verdictOf(row, id, missing)),
    }));
  }

  #verdictOf(row: ConformanceRow, id: CaseId, missing: readonly CaseId[]): CaseVerdict {
    const key = `${nameOfRow(row)} ${id}`;
    const gaps = this.gaps
      .filter((gap) => gap.case === id && gap.row === nameOfRow(row))
      .map(({ name, text }) => `${name}: ${text}`);
    const verdict = (state: CaseState) => ({ case: id, title: CASE_TITLES[id], state, gaps });
    const reason = row.skips[id];
    // A skipped case that fails all the same, in a course that judges others too, has failed.
    if (this.#failed.has(key)) return verdict('failed');
    if (reason !== undefined) return { ...verdict('skipped'), reason };
    if (missing.includes(id)) return verdict('not built yet');
    return verdict(this.#ran.has(key) ? 'passed' : 'unrun');
  }

  #addFailure(planned: PlannedPart, failure: CaseFailure): void {
    const { row, course, part } = planned;
    this.#failed.add(keyOf(planned, failure.case));
    const where = `${row} ${course}.${part} ${failure.name}`;
    this.#kinds.set(failure.kind, (this.#kinds.get(failure.kind) ?? new Set()).add(where));
    if (this.failures.length < FAILURES_MAX)
      this.failures.push({ ...failure, row, part: `${course}.${part}` });
  }
}

function keyOf({ row }: PlannedPart, id: CaseId): string {
  return `${row} ${id}`;
}
