import { approve } from '#services/signer/ceremony/approver-key.ts';
import { beginRecovery, nameApprover, quarantine } from '#services/signer/ceremony/quarantine.ts';
import { recoverKey } from '#services/signer/ceremony/recover-key.ts';
import {
  approvalBytes,
  RECOVERY_CONFIRMATION,
  recoveryTransaction,
} from '#services/signer/ceremony/recovery-words.ts';
import { remakeRecord } from '#services/signer/ceremony/remake-record.ts';

/** A key that goes into quarantine, and how it comes back: the signer's own code, on a folder that nobody runs. */
export const signerRecovery = {
  ...{ quarantine, nameApprover, approve, begin: beginRecovery, finish: recoverKey, remake: remakeRecord },
  ...{ challenge: approvalBytes, transaction: recoveryTransaction, confirmation: RECOVERY_CONFIRMATION },
};
