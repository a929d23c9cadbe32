import type { AuditHead } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { headBytes } from '#libs/protocol/audit-head.ts';
import type { Custody } from './custody.ts';

/** The signed head of the audit log: with an old one, anybody can tell later whether the log was forked or set back. */
export function signedAuditHead({ auditKey, key, ledger, custodian }: Custody): AuditHead {
  // Rows that a power cut may take are left out: without them the log would look like one that was set back.
  const end = ledger.durableAuditEnd();
  const owner = { chain: custodian.state.chain, publicKey: key.publicKey };
  return { ...end, signature: auditKey.sign(headBytes(owner, end)), publicKey: auditKey.publicKey };
}
