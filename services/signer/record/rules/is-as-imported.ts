import type { CustodyLedger } from './custody-ledger.ts';

/** Whether nothing happened in this record since a history was taken over into it. */
export function isAsImported(ledger: Pick<CustodyLedger, 'auditEnd' | 'auditRows'>): boolean {
  const { sequence } = ledger.auditEnd();
  return ledger.auditRows(sequence - 1n, 1).at(0)?.outcome === 'IMPORTED';
}
