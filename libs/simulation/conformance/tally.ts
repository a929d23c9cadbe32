import type { ViolationKind } from '../checks/findings.ts';
import { COURSES, casesNotBuilt } from './courses.ts';
import type { PartResult, PlannedPart } from './open-conformance.ts';
import { type ConformanceRow, nameOfRow } from './row.ts';
import { CASE_IDS, CASE_TITLES, type CaseId } from './words/case-id.ts';
import type { CaseFailure, CaseFigures, CaseGap, Course } from './words/course.ts';

/**
 * `passed`: all that judges it was run. `partly run`: some of it, and that was well; the rest is in another shard, or nobody asked
 * for it. `unrun`: none of it.
 */
export type CaseState = 'passed' | 'failed' | 'skipped' | 'not built yet' | 'partly run' | 'unrun';

export interface CaseVerdict {
  readonly case: CaseId;
  readonly title: string;
  readonly state: CaseState;
  /** Why it is skipped. */
  readonly reason?: string;
  /** The courses of which other rows ran the rest, each with how much of it this one ran. */
  readonly shares: readonly string[];
  /** The parts that it was to show, and could not on this machine. */
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

interface Ran {
  readonly parts: Set<number>;
  readonly of: number;
  readonly shareOf: number;
}

const FAILURES_MAX = 40;

/** Counts the results of the parts, whoever ran them. */
export class ConformanceTally {
  readonly #rows: readonly ConformanceRow[];
  readonly #courses: readonly Course[];
  /** The parts that were run of each course of a row, and how many it has. */
  readonly #ran = new Map<string, Ran>();
  readonly #failed = new Set<string>();
  readonly #kinds = new Map<ViolationKind, Set<string>>();
  readonly failures: ToldFailure[] = [];
  readonly figures: (CaseFigures & { readonly row: string })[] = [];
  readonly gaps: (CaseGap & { readonly row: string })[] = [];
  /** The time that each course took, all threads added up, in milliseconds. */
  readonly coursesMs = new Map<string, number>();
  runs = 0;
  mutants = 0;
  caught = 0;

  constructor(rows: readonly ConformanceRow[], courses: readonly Course[] = COURSES) {
    this.#rows = rows;
    this.#courses = courses;
  }

  add({ planned, runs, failures, mutants, figures = [], gaps = [], tookMs = 0 }: PartResult): void {
    this.runs += runs;
    this.mutants += mutants?.tried ?? 0;
    this.caught += mutants?.caught ?? 0;
    const { row, course, part, of, shareOf } = planned;
    this.coursesMs.set(course, (this.coursesMs.get(course) ?? 0) + tookMs);
    const { parts } = this.#ran.get(`${row} ${course}`) ?? { parts: new Set() };
    this.#ran.set(`${row} ${course}`, { parts: parts.add(part), of, shareOf });
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
    const shares = this.#sharesOf(nameOfRow(row), id);
    const verdict = (state: CaseState) => ({ case: id, title: CASE_TITLES[id], state, shares, gaps });
    const reason = row.skips[id];
    // A skipped case that fails all the same, in a course that judges others too, has failed.
    if (this.#failed.has(key)) return verdict('failed');
    if (reason !== undefined) return { ...verdict('skipped'), reason };
    if (missing.includes(id)) return verdict('not built yet');
    return verdict(this.#extentOf(nameOfRow(row), id));
  }

  /** How much of a case was run, in which nothing failed. */
  #extentOf(row: string, id: CaseId): CaseState {
    const judging = this.#courses.filter(({ judges }) => judges.includes(id));
    const ran = judging.map(({ name }) => this.#ran.get(`${row} ${name}`));
    if (ran.every((each) => each === undefined)) return 'unrun';
    const isWhole = ran.every((each) => each !== undefined && each.parts.size === each.of);
    return isWhole ? 'passed' : 'partly run';
  }

  #sharesOf(row: string, id: CaseId): readonly string[] {
    return this.#courses.flatMap(({ name, judges }) => {
      const ran = judges.includes(id) ? this.#ran.get(`${row} ${name}`) : undefined;
      return ran === undefined || ran.of === ran.shareOf ? [] : [`${name} ${ran.of} of ${ran.shareOf}`];
    });
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
