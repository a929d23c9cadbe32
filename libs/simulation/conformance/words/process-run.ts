/** A federation of real processes to which something happens. */
export interface ProcessRun {
  readonly name: string;
  /** Whether it is run quickly too. */
  readonly isQuick: boolean;
  run(): ProcessFindings;
}

export interface ProcessFindings {
  /** The faults, in words; empty when all was well. */
  readonly violations: readonly string[];
  /** The steps left out, because this machine cannot do them, in words. */
  readonly leftOut: readonly string[];
}
