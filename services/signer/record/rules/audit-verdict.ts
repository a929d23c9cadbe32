import type { AuditVerdict } from '../../words/errors.ts';

/** The first row that does not follow from the one before, and how. */
export interface AuditBreak {
  readonly broken: bigint;
  readonly verdict: Extract<AuditVerdict, 'edited' | 'reordered' | 'rows-missing'>;
}

/** The verdict as a sentence for people. */
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
