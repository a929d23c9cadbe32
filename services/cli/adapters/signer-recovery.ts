import { approve } from '#services/signer/adapters/approver-key.ts';
import {
  approvalBytes,
  RECOVERY_CONFIRMATION,
  recoveryTransaction,
} from '#services/signer/core/recovery-words.ts';
import { beginRecovery, nameApprover, quarantine } from '#services/signer/quarantine.ts';
import { recoverKey } from '#services/signer/recover-key.ts';
import { remakeRecord } from '#services/signer/remake-record.ts';

/** A key that goes into quarantine, and how it comes back: the signer's own code, on a folder that nobody runs. */
export const signerRecovery = {
  ...{ quarantine, nameApprover, approve, begin: beginRecovery, finish: recoverKey, remake: remakeRecord },
  ...{ challenge: approvalBytes, transaction: recoveryTransaction, confirmation: RECOVERY_CONFIRMATION },
};
