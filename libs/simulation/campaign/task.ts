import type { Violation } from '../checks/findings.ts';
import type { RunMode } from '../plan/draw-plan.ts';
import type { TwinsScenario } from '../twins/scenario.ts';

/** The choices open to the seeds of a campaign; undefined is everything. */
export interface TaskChoices {
  readonly protocol: string;
  readonly members: number;
  readonly actors?: readonly string[];
  readonly faults?: readonly string[];
  /** Kinds of faults, and single entries like `crash.2`, that are removed from the draw of a seed. */
  readonly without?: readonly string[];
}

/** One run for each seed. */
export interface SeedsTask extends TaskChoices {
  readonly kind: 'seeds';
  readonly from: number;
  readonly seeds: number;
  readonly mode?: RunMode;
  /** Whether nodes are whole; each seed decides when not given. */
  readonly isWhole?: boolean;
  /**
   * Every so many seeds one runs twice and must do the same (libs/simulation/README.md M1); 1, and when not given,
   * each of them.
   */
  readonly repeat?: number;
  /** Whether each batch tells the hash of its run. */
  readonly tellsHash?: boolean;
}

/** Every Twins scenario of as many views. */
export interface TwinsTask extends TaskChoices {
  readonly kind: 'twins';
  /** Number of the members that are twins. */
  readonly twins: number;
  readonly views: number;
}

/** One Twins scenario for each seed. */
export interface TwinsSampleTask extends TaskChoices {
  readonly kind: 'twins-sample';
  readonly views: number;
  readonly from: number;
  readonly seeds: number;
}

/** The expected result of a scenario, before its splits end. */
export interface Expectation {
  readonly safe: boolean;
  readonly minCommits: number;
  readonly maxCommits: number;
}

/** Scenarios that somebody wrote down. */
export interface ScenariosTask extends TaskChoices {
  readonly kind: 'scenarios';
  readonly file: string;
  /** Decides the delays of the first scenario; the next ones count on. */
  readonly seed: number;
  readonly scenarios: readonly { readonly scenario: TwinsScenario; readonly expect: Expectation }[];
}

/** One run for each crash point on the way to so many blocks. */
export interface CrashTask extends TaskChoices {
  readonly kind: 'crash';
  readonly blocks: number;
}

/** A campaign as plain data, so that a thread can be given its share. */
export type Task = SeedsTask | TwinsTask | TwinsSampleTask | ScenariosTask | CrashTask;

/** A run in which an invariant broke. */
export interface Failure {
  /** The run of the campaign, in words. */
  readonly name: string;
  readonly violations: readonly Violation[];
  /** The smallest part of the plan that still fails. */
  readonly schedule: Readonly<Record<string, unknown>>;
  /** Arguments of `sim` that show it again. */
  readonly replay: string;
}

/** The result of one case of a campaign. */
export interface Batch {
  readonly runs: number;
  readonly failures: readonly Failure[];
  /** The hashes of the seeds, where the task asks for them. */
  readonly hashes?: readonly SeedHash[];
}

/** The hash of all events in the run of a seed: the same seed and code, the same hash. */
export interface SeedHash {
  readonly seed: number;
  readonly traceHash: string;
}

/** A campaign that is ready to run: its cases are independent of each other and of their order. */
export interface OpenTask {
  readonly cases: number;
  /** Runs of all cases together. */
  readonly runs: number;
  run(at: number): Batch;
}
