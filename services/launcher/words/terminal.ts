/** Where a command writes. A line is written whole, with its end. */
export interface Terminal {
  /** Answers, for people and machines. */
  out(line: string): void;
  /** Progress and problems. */
  note(line: string): void;
  /** Whether a person watches `note`, so that lines may be redrawn. */
  readonly isInteractive: boolean;
}
