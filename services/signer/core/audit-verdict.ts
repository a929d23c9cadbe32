/** What is wrong with an audit log. Stable: who runs the check branches on it. */
export type AuditVerdict =
  /** A row does not have the hash of what it says. */
  | 'edited'
  /** Rows are there, and not in the order of their numbers. */
  | 'reordered'
  /** Rows are gone from between others. */
  | 'rows-missing'
  /** What comes last is gone: rows, or the signed end. */
  | 'truncated'
  /** Rows that hold together, and are others than were signed or noted: somebody wrote a second log. */
  | 'forked'
  /** It ends before a row that was noted. */
  | 'set-back'
  /** The signature of its end does not hold. */
  | 'unsigned'
  /** Its end is signed by another audit key than was expected. */
  | 'other-key'
  /** A line that is none of an audit log. */
  | 'malformed';

/** The first row that does not follow from the one before, and how. */
export interface AuditBreak {
  readonly broken: bigint;
  readonly verdict: Extract<AuditVerdict, 'edited' | 'reordered' | 'rows-missing'>;
}

/** As a sentence, for people. */
export function breakText({ broken, verdict }: AuditBreak): string {
  switch (verdict) {
    case 'edited':
      return `row ${broken} does not follow from the one before: it was changed`;
    case 'reordered':
      return `row ${broken} does not follow from the one before: the rows are out of order`;
    case 'rows-missing':
      return `row ${broken} does not follow from the one before: it is missing`;
  }
}
