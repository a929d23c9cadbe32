import type { MirrorFile } from './mirror-file.ts';
import type { CustodyLedger } from './rules/custody-ledger.ts';

/**
 * The ledger, with its mirror written after each record that is on disk; after that of a slot by `tidy`, while the signature is
 * made. It is told of durable rows alone: after a power cut it may be behind, and never ahead.
 */
export function mirroredLedger(
  ledger: CustodyLedger,
  mirror: Pick<MirrorFile, 'write' | 'close'>,
): CustodyLedger {
  const mirrored = (): void => mirror.write(ledger.durableAuditEnd().sequence);
  return {
    state: () => ledger.state(),
    signatureCount: () => ledger.signatureCount(),
    record: (decision, entry) => ledger.record(decision, entry),
    tidy() {
      mirrored();
      ledger.tidy();
    },
    change(next, entry) {
      ledger.change(next, entry);
      mirrored();
    },
    automatic: ledger.automatic,
    voteAutomatically(next, digest, entry) {
      ledger.voteAutomatically(next, digest, entry);
      mirrored();
    },
    advance(next, epoch, entry) {
      ledger.advance(next, epoch, entry);
      mirrored();
    },
    adopt(next, adopted, entry) {
      ledger.adopt(next, adopted, entry);
      mirrored();
    },
    note: (entry) => ledger.note(entry),
    storeSignature: (slot, signed) => ledger.storeSignature(slot, signed),
    signatureIn: (slot) => ledger.signatureIn(slot),
    startCount: () => ledger.startCount(),
    auditEnd: () => ledger.auditEnd(),
    auditStart: () => ledger.auditStart(),
    durableAuditEnd: () => ledger.durableAuditEnd(),
    auditRows: (sequence, limit) => ledger.auditRows(sequence, limit),
    close() {
      ledger.close();
      mirror.close();
    },
  };
}
