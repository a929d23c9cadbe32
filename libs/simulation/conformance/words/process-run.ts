/** A federation of real processes to which something happens. */
export interface ProcessRun {
  readonly name: string;
  /** Whether it is run quickly too. */
  readonly isQuick: boolean;
  /** What was wrong, in words; empty when all was well. */
  violations(): readonly string[];
}
