/** Text that people read in one piece: a comment without its markers, or a paragraph. */
export interface Passage {
  /** Number of the first line in its file. */
  readonly line: number;
  readonly lines: readonly string[];
}
