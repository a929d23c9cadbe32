import type { Invariant, Violation } from '../../checks/findings.ts';
import type { CaseId } from './case-id.ts';
import type { CaseFailure } from './course.ts';

/** The case that each invariant belongs to, where runs are made for several cases at once. */
const JUDGED_BY: Readonly<Record<Invariant, CaseId>> = {
  S1: 'C5',
  S2: 'C5',
  S3: 'C5',
  S4: 'C5',
  S5: 'C5',
  S6: 'C5',
  L1: 'C4',
  L2: 'C4',
  L3: 'C4',
  L4: 'C4',
  L5: 'C4',
  L6: 'C4',
  L7: 'C11',
  L8: 'C16',
  L9: 'C4',
  V1: 'C5',
  V2: 'C5',
  V3: 'C5',
  V4: 'C5',
  V5: 'C16',
  V6: 'C5',
  M1: 'C19',
  MUTED: 'C5',
  REST: 'C5',
  EXPECT: 'C5',
  HALT: 'C5',
  REFUSED: 'C4',
};

/** The failures that the violations of a run are, each of the case that its invariant belongs to. */
export function judged(
  violations: readonly Violation[],
  where: Pick<CaseFailure, 'name' | 'replay'>,
): readonly CaseFailure[] {
  return violations.map((each) => ({ ...where, ...told(each), case: JUDGED_BY[each.invariant] }));
}

/** The same for runs that are made for one case: forks and stalls are of it, and all else is of the case that it belongs to. */
export function judgedIn(
  of: CaseId,
  violations: readonly Violation[],
  where: Pick<CaseFailure, 'name' | 'replay'>,
): readonly CaseFailure[] {
  return judged(violations, where).map((each) => (each.case === 'C5' ? { ...each, case: of } : each));
}

/** The cases that a course of `judgedIn` can fail. */
export function judgesIn(of: CaseId): readonly CaseId[] {
  return [of, 'C4', 'C11', 'C16'];
}

/** The same, all of one case: of runs that are made for what one key signs, or for what follows a switch. */
export function judgedAs(
  of: CaseId,
  violations: readonly Violation[],
  where: Pick<CaseFailure, 'name' | 'replay'>,
): readonly CaseFailure[] {
  return violations.map((each) => ({ ...where, ...told(each), case: of }));
}

function told({ invariant, kind, text, atMs }: Violation): Pick<CaseFailure, 'kind' | 'text'> {
  return { kind, text: `${invariant} at ${atMs} ms: ${text}` };
}
