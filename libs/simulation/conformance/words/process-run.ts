/** A federation of real processes to which something happens. */
export interface ProcessRun {
  readonly name: string;
  /** Whether it is run quickly too. */
  readonly isQuick: boolean;
  run(): ProcessFindings;
}

export interface ProcessFindings {
  /** What was wrong, in words; empty when all was well. */
  readonly violations: readonly string[];
  /** What did not happen, because this machine cannot do it, in words. */
  readonly leftOut: readonly string[];
}
