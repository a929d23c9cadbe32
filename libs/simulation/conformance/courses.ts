import { AMPLIFICATION } from './courses/amplification-course.ts';
import { BYTES_APART } from './courses/bytes-apart.ts';
import { CRASHES, TWINS, TWINS_SAMPLE } from './courses/campaign-courses.ts';
import { CATCH_UP } from './courses/catch-up-course.ts';
import { SPOILT_MESSAGES } from './courses/codec-course.ts';
import { COSTS } from './courses/cost-course.ts';
import { EVIDENCE_TABLE } from './courses/evidence-table.ts';
import { KEYS_ALONE } from './courses/keys-course.ts';
import { SAME_LEDGER } from './courses/ledger-course.ts';
import { LIARS_NAMED, ROLES_PRESENT } from './courses/liars.ts';
import { LOCK_STEPS, LOCKS } from './courses/locks-course.ts';
import { MEMBERS_CHANGE } from './courses/members-course.ts';
import { MUTANTS_NOTICED } from './courses/mutants-course.ts';
import { REAL_PROCESSES } from './courses/processes-course.ts';
import { PURITY } from './courses/purity-course.ts';
import { LIVENESS, SEEDS } from './courses/seeds-course.ts';
import { STANDSTILL } from './courses/standstill-course.ts';
import { SWITCHES } from './courses/switch-course.ts';
import { TABLE_LINT } from './courses/table-lint.ts';
import { WEIGHTS_COUNT } from './courses/weights-course.ts';
import { CASE_IDS, type CaseId } from './words/case-id.ts';
import type { Course } from './words/course.ts';

/** All that the kit runs, cheapest first. */
export const COURSES: readonly Course[] = [
  TABLE_LINT,
  BYTES_APART,
  EVIDENCE_TABLE,
  KEYS_ALONE,
  ROLES_PRESENT,
  LIARS_NAMED,
  SAME_LEDGER,
  COSTS,
  AMPLIFICATION,
  SPOILT_MESSAGES,
  PURITY,
  LOCK_STEPS,
  TWINS,
  TWINS_SAMPLE,
  CRASHES,
  LOCKS,
  MEMBERS_CHANGE,
  SWITCHES,
  CATCH_UP,
  STANDSTILL,
  LIVENESS,
  WEIGHTS_COUNT,
  SEEDS,
  REAL_PROCESSES,
  MUTANTS_NOTICED,
];

/** The cases that no course judges yet: a protocol that passes all others has still not passed the kit. */
export function casesNotBuilt(courses: readonly Course[] = COURSES): readonly CaseId[] {
  return CASE_IDS.filter((id) => courses.every(({ judges }) => !judges.includes(id)));
}
