import { COURSES } from './courses.ts';
import { type ConformanceRow, nameOfRow } from './row.ts';
import { partsOfRow } from './shares.ts';
import type { CaseId } from './words/case-id.ts';
import type { Course, CourseBatch, OpenCourse } from './words/course.ts';
import type { Effort } from './words/effort.ts';

/** One part of one course of one row, so that threads and shards can share the work. */
export interface PlannedPart {
  readonly row: string;
  readonly course: string;
  readonly part: number;
  /** How many parts of the course this row runs. */
  readonly of: number;
  /** How many there are, those that other rows run in its place among them. */
  readonly shareOf: number;
  readonly judges: readonly CaseId[];
}

/** The result of a part. */
export interface PartResult extends CourseBatch {
  readonly planned: PlannedPart;
  /** The time that it took, in milliseconds, where somebody measures it. */
  readonly tookMs?: number;
}

/** The part of the kit that is run. */
export interface ConformanceChoices {
  readonly effort: Effort;
  /** Only the courses that judge one of these cases; all when left out. */
  readonly cases?: readonly CaseId[] | undefined;
}

/** The kit on some rows, ready to run: the parts are independent of each other and of their order. */
export interface OpenConformance {
  readonly parts: readonly PlannedPart[];
  run(at: number): PartResult;
}

export function openConformance(
  rows: readonly ConformanceRow[],
  { effort, cases }: ConformanceChoices,
  courses: readonly Course[] = COURSES,
): OpenConformance {
  const opened = courses.map((course) => openedFor(course, rows, { effort, cases }));
  const parts = rows.flatMap((row) => opened.flatMap((ofCourse) => ofCourse.get(row) ?? []));
  return {
    parts: parts.map(({ planned }) => planned),
    run: (at) => {
      const found = parts[at];
      if (found === undefined) throw new RangeError(`there is no part ${at} of ${parts.length}`);
      return { ...runPart(found), planned: found.planned };
    },
  };
}

interface RowPart {
  readonly planned: PlannedPart;
  /** Its number among all parts of the course, those of other rows too. */
  readonly at: number;
  readonly open: OpenCourse;
}

/** The parts of a course that each row runs, by the rows. */
function openedFor(
  course: Course,
  rows: readonly ConformanceRow[],
  { effort, cases }: ConformanceChoices,
): ReadonlyMap<ConformanceRow, readonly RowPart[]> {
  const { name, judges } = course;
  const all = rows
    .filter((row) => isWanted(judges, row, cases))
    .map((row) => ({ row, open: course.open(row.candidate, effort) }));
  return new Map(
    all.map((mine) => {
      const { row, open } = mine;
      const places = partsOfRow(course, mine, { effort, all });
      const shared = { row: nameOfRow(row), course: name, of: places.length, shareOf: open.parts, judges };
      return [row, places.map((at, part) => ({ planned: { ...shared, part }, at, open }))];
    }),
  );
}

/** A course is left out when the row skips, or nobody asked for, all that it judges. */
function isWanted(
  judges: readonly CaseId[],
  { skips }: ConformanceRow,
  cases: readonly CaseId[] | undefined,
): boolean {
  return judges.some((id) => skips[id] === undefined && cases?.includes(id) !== false);
}

/** A part that ends in an error is a failure of all that it would have judged: nothing was shown. */
function runPart({ open, at, planned: { course, part, judges } }: RowPart): CourseBatch {
  try {
    return open.run(at);
  } catch (error) {
    const text = `it ended in an error: ${error instanceof Error ? error.message : String(error)}`;
    const failure = { kind: 'other', name: `${course}.${part}`, text, isError: true } as const;
    return { runs: 1, failures: judges.map((id) => ({ ...failure, case: id })) };
  }
}
