import {
  type OpenConformance,
  openConformance,
  type PartResult,
} from '#libs/simulation/conformance/open-conformance.ts';
import { type ConformanceRow, nameOfRow } from '#libs/simulation/conformance/row.ts';
import { CASE_IDS, type CaseId } from '#libs/simulation/conformance/words/case-id.ts';
import { type Effort, QUICK, WHOLE } from '#libs/simulation/conformance/words/effort.ts';
import { ROWS } from './rows.ts';

/** The work as plain data, so that a thread can be given its share. */
export interface ConformTask {
  /** Names of the rows. */
  readonly rows: readonly string[];
  readonly isQuick: boolean;
  /** Seeds with all faults and all lies, of each protocol; as many as the effort has, when left out. */
  readonly seeds?: number | undefined;
  /** All, when left out. */
  readonly cases?: readonly CaseId[] | undefined;
}

/** One share of the parts: those whose number leaves `first` when divided by `stride`. */
export interface ConformShare {
  readonly task: ConformTask;
  readonly first: number;
  readonly stride: number;
}

export function rowsOf({ rows }: ConformTask): readonly ConformanceRow[] {
  return ROWS.filter((row) => rows.includes(nameOfRow(row)));
}

export function openConform(task: ConformTask): OpenConformance {
  const effort = effortOf(task);
  return openConformance(rowsOf(task), {
    effort: { ...effort, seeds: task.seeds ?? effort.seeds },
    cases: task.cases,
  });
}

/** The effort of the kit that the task is part of, quick or whole. */
export function effortOf({ isQuick }: Pick<ConformTask, 'isQuick'>): Effort {
  return isQuick ? QUICK : WHOLE;
}

/** Runs a part, and tells how long it took: a run of an hour should say where the time went. */
export function timedPart(open: OpenConformance, at: number): PartResult {
  const startMs = performance.now();
  return { ...open.run(at), tookMs: performance.now() - startMs };
}

/** Whether the task leaves no case out. */
export function isOfAllCases({ cases = CASE_IDS }: ConformTask): boolean {
  return cases.length === CASE_IDS.length;
}
