import { verifyAuditFile } from '#services/signer/adapters/audit-file.ts';
import { auditOfRecord, exportAudit } from '#services/signer/audit-log.ts';
import { auditOfRunning, exportRunningAudit } from '#services/signer/running-audit.ts';

/** The audit log of a signer that does not run, of one that does, or an exported one. */
export const signerAudits = {
  ofRecord: auditOfRecord,
  exportOfRecord: exportAudit,
  ofRunning: auditOfRunning,
  exportOfRunning: exportRunningAudit,
  verifyFile: verifyAuditFile,
};
