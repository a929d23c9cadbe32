import type { SignerAdminApi } from './signer-admin-api.ts';
import type { SignerApi } from './signer-api.ts';

/** The API of the key that is at work when a call comes: a rotation puts another one there. */
export function signerApiOf(current: () => SignerApi): SignerApi {
  return {
    getSigner: () => current().getSigner(),
    openSession: () => current().openSession(),
    putCertificate: (request) => current().putCertificate(request),
    signProposal: (request, asked) => current().signProposal(request, asked),
    signVote: (request, asked) => current().signVote(request, asked),
    signTimeout: (request, asked) => current().signTimeout(request, asked),
    signMembershipVote: (request) => current().signMembershipVote(request),
  };
}

/** The same for the operator. */
export function adminApiOf(current: () => SignerAdminApi): SignerAdminApi {
  return {
    getCustody: () => current().getCustody(),
    getProcess: () => current().getProcess(),
    unlock: (request) => current().unlock(request),
    lock: () => current().lock(),
    listAuditRows: (request) => current().listAuditRows(request),
  };
}
