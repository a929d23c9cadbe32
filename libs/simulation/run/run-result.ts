import type { Violation } from '../checks/findings.ts';
import type { Sightings } from '../checks/sightings.ts';
import type { Plan } from '../plan/plan.ts';

/** The result of a run. */
export interface RunResult {
  readonly plan: Plan;
  readonly violations: readonly Violation[];
  readonly traceHash: string;
  readonly trace: readonly string[];
  readonly steps: number;
  readonly virtualMs: number;
  /** Highest final block. */
  readonly height: number;
  /** The same when the faults ended: the result of a scenario by itself. */
  readonly heightAtGst: number;
  /** Effects of each instance over the run. */
  readonly effects: readonly number[];
  /** Time from the end of the faults to five more blocks everywhere. */
  readonly recoveryMs: number | undefined;
  readonly sightings: Sightings;
}
