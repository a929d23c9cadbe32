import type { ViolationKind } from '../../checks/findings.ts';
import type { CaseId } from './case-id.ts';
import type { Effort } from './effort.ts';
import type { JudgedProtocol } from './judged-protocol.ts';

/** Something that a case forbids, and that was seen. */
export interface CaseFailure {
  readonly case: CaseId;
  readonly kind: ViolationKind;
  /** Where it was seen: a seed, a scenario, a kind of vote. */
  readonly name: string;
  readonly text: string;
  /** Whether nothing was seen, because the part ended in an error. */
  readonly isError?: true;
  /** A command that shows it again by itself; absent where only the part of the course does. */
  readonly replay?: string;
}

/** Numbers that a case measured, by what they are of. */
export interface CaseFigures {
  readonly case: CaseId;
  /** Where they were measured, such as a number of members. */
  readonly name: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** Something that a case was to show, and that could not be shown here. */
export interface CaseGap {
  readonly case: CaseId;
  readonly name: string;
  readonly text: string;
}

export interface CourseBatch {
  readonly runs: number;
  readonly failures: readonly CaseFailure[];
  readonly figures?: readonly CaseFigures[];
  readonly gaps?: readonly CaseGap[];
  /** The mutants among the runs, and those of them that were noticed. */
  readonly mutants?: { readonly tried: number; readonly caught: number };
}

/** A course that is ready to run: its parts are independent of each other and of their order. */
export interface OpenCourse {
  readonly parts: number;
  run(part: number): CourseBatch;
  /** The name of the trial of a part, for courses whose parts are others in other rows; its number when left out. */
  triedBy?(part: number): string;
}

/** Runs that are made together, and each of whose failures belongs to one of the cases that it judges. */
export interface Course {
  readonly name: string;
  readonly judges: readonly CaseId[];
  /** Whether all rows may share its parts: those of a quick run need not be tried in every protocol and variant. */
  readonly isShared?: true;
  /** Whether its parts are drawn by seeds: rows of one protocol have some each, in every run, and none of them twice. */
  readonly isDrawn?: true;
  /** The one thing that its parts look at: rows of one protocol that have the same share the parts in every run, for all would show the same. */
  readonly looksAt?: (candidate: JudgedProtocol) => unknown;
  open(candidate: JudgedProtocol, effort: Effort): OpenCourse;
}

/** A course of one part that runs nothing: it looks at the description. */
export function staticCourse(
  name: string,
  of: CaseId,
  faults: (candidate: JudgedProtocol) => readonly string[],
): Course {
  return {
    name,
    judges: [of],
    open: (candidate) => ({
      parts: 1,
      run: () => ({
        runs: 1,
        failures: faults(candidate).map((text) => ({ case: of, kind: 'other', name, text })),
      }),
    }),
  };
}
