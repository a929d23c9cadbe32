import { verifyAuditFile } from '#services/signer/ceremony/audit-file.ts';
import { auditOfRecord, exportAudit } from '#services/signer/ceremony/audit-log.ts';
import { auditOfRunning, exportRunningAudit } from '#services/signer/ceremony/running-audit.ts';

/** The audit log of a signer that does not run, of one that does, or an exported one. */
export const signerAudits = {
  ofRecord: auditOfRecord,
  exportOfRecord: exportAudit,
  ofRunning: auditOfRunning,
  exportOfRunning: exportRunningAudit,
  verifyFile: verifyAuditFile,
};
