import type { SignerAdminApi } from './signer-admin-api.ts';
import type { SignerApi } from './signer-api.ts';

/** The API of the key that is at work when a call comes: a rotation puts another one there. */
export function signerApiOf(current: () => SignerApi): SignerApi {
  return {
    getSigner: () => current().getSigner(),
    openSession: () => current().openSession(),
    putCertificate: (request) => current().putCertificate(request),
    signProposal: (request) => current().signProposal(request),
    signVote: (request) => current().signVote(request),
    signTimeout: (request) => current().signTimeout(request),
    signMembershipVote: (request) => current().signMembershipVote(request),
  };
}

/** The same for the operator. */
export function adminApiOf(current: () => SignerAdminApi): SignerAdminApi {
  return {
    getCustody: () => current().getCustody(),
    unlock: (request) => current().unlock(request),
    lock: () => current().lock(),
    listAuditRows: (request) => current().listAuditRows(request),
  };
}
