import { COURSES } from './courses.ts';
import { type ConformanceRow, nameOfRow } from './row.ts';
import type { CaseId } from './words/case-id.ts';
import type { Course, CourseBatch, OpenCourse } from './words/course.ts';
import { type Effort, effortOfRow } from './words/effort.ts';

/** One part of one course of one row, so that threads and shards can share the work. */
export interface PlannedPart {
  readonly row: string;
  readonly course: string;
  readonly part: number;
  /** How many parts the course has in this row. */
  readonly of: number;
  readonly judges: readonly CaseId[];
}

/** The result of a part. */
export interface PartResult extends CourseBatch {
  readonly planned: PlannedPart;
  /** The time that it took, in milliseconds, where somebody measures it. */
  readonly tookMs?: number;
}

/** What of the kit is run. */
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
  const opened = rows.flatMap((row) =>
    courses
      .filter(({ judges }) => isWanted(judges, row, cases))
      .map((course) => ({ row, course, open: openFor(course, row, { effort, rows }) })),
  );
  const parts = opened.flatMap(({ row, course: { name, judges }, open }) =>
    Array.from({ length: open.parts }, (_, part) => ({
      planned: { row: nameOfRow(row), course: name, part, of: open.parts, judges },
      open,
    })),
  );
  return {
    parts: parts.map(({ planned }) => planned),
    run: (at) => {
      const found = parts[at];
      if (found === undefined) throw new RangeError(`there is no part ${at} of ${parts.length}`);
      return { ...runPart(found.open, found.planned), planned: found.planned };
    },
  };
}

/** A course with what this row has to run of it, beside the other rows of its protocol. */
function openFor(
  course: Course,
  row: ConformanceRow,
  { effort, rows }: { readonly effort: Effort; readonly rows: readonly ConformanceRow[] },
): OpenCourse {
  const beside = rows.filter(({ protocol }) => protocol === row.protocol);
  const protocols = new Set(rows.map(({ protocol }) => protocol)).size;
  const open = course.open(row.candidate, effortOfRow(effort, { rows: beside.length, protocols }));
  const sharing = sharingRows(course, row, { effort, rows: beside });
  // Protocols that are run together quickly leave each other time: each runs as many parts less.
  const among = effort.sharesParts && course.isShared === true ? protocols : 1;
  const every = sharing.length * among;
  return every === 1 ? open : shareOf(open, { first: sharing.indexOf(row), every });
}

/** The rows among which the parts of a course are shared out, this one among them. */
function sharingRows(
  { isShared, looksAt }: Course,
  row: ConformanceRow,
  { effort, rows }: { readonly effort: Effort; readonly rows: readonly ConformanceRow[] },
): readonly ConformanceRow[] {
  if (looksAt !== undefined)
    return rows.filter(({ candidate }) => looksAt(candidate) === looksAt(row.candidate));
  return effort.sharesParts && isShared === true ? rows : [row];
}

/** One of so many parts, and one at least: a row that runs nothing has shown nothing. */
function shareOf(
  { parts, run }: OpenCourse,
  { first, every }: { readonly first: number; readonly every: number },
): OpenCourse {
  return {
    parts: Math.max(1, Math.ceil((parts - first) / every)),
    run: (part) => run((first + part * every) % parts),
  };
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
function runPart(open: OpenCourse, { course, part, judges }: PlannedPart): CourseBatch {
  try {
    return open.run(part);
  } catch (error) {
    const text = `it ended in an error: ${error instanceof Error ? error.message : String(error)}`;
    const failure = { kind: 'other', name: `${course}.${part}`, text } as const;
    return { runs: 1, failures: judges.map((id) => ({ ...failure, case: id })) };
  }
}
