import type { CustodyState } from '#libs/custody/custody-state.ts';
import type { KeyFacts } from '../key/key-facts.ts';
import { openRecord, type RecordPlace } from '../record/open-record.ts';
import type { AuditEnd } from '../record/rules/audit-entry.ts';

/** The contents of a stopped signer's record. */
export interface RecordFacts {
  readonly owner: KeyFacts;
  readonly install: Uint8Array;
  readonly state: CustodyState;
  readonly signatureCount: bigint;
  readonly audit: AuditEnd;
  /** Members of its epoch. */
  readonly members: number;
  /** The mirror's objection to the record: at its next start the signer would be in quarantine. */
  readonly fault: string | undefined;
}

/**
 * Opens the record, checks every page and every row of its audit log, and changes nothing.
 * @throws CustodyError or DatabaseError naming the fault, or that the signer runs.
 */
export async function recordFacts(place: RecordPlace): Promise<RecordFacts> {
  const { owner, ledger, install, facts, fault } = await openRecord(place);
  try {
    return {
      ...{ owner, install, fault },
      state: ledger.state(),
      signatureCount: ledger.signatureCount(),
      audit: ledger.auditEnd(),
      members: facts.set.members.length,
    };
  } finally {
    ledger.close();
  }
}
