import { verifyAuditFile } from '#services/signer/adapters/audit-file.ts';
import { auditOfRecord, exportAudit } from '#services/signer/audit-log.ts';

/** The audit log of a signer that does not run, or an exported one. */
export const signerAudits = { ofRecord: auditOfRecord, export: exportAudit, verifyFile: verifyAuditFile };
