import type { CustodyLedger } from './custody-ledger.ts';

/** Whether this record is unchanged since a history was merged into it. */
export function isAsImported(ledger: Pick<CustodyLedger, 'auditEnd' | 'auditRows'>): boolean {
  const { sequence } = ledger.auditEnd();
  return ledger.auditRows(sequence - 1n, 1).at(0)?.outcome === 'IMPORTED';
}
