import type { SignerAdminApi } from '../socket/signer-admin-api.ts';
import type { SignerApi } from '../socket/signer-api.ts';

/**
 * The API of the key that is at work. A rotation puts another key there; calls that come meanwhile wait for the
 * new key.
 */
export function signerApiOf(current: () => Promise<SignerApi>): SignerApi {
  return {
    getSigner: async () => (await current()).getSigner(),
    openSession: async () => (await current()).openSession(),
    putCertificate: async (request) => (await current()).putCertificate(request),
    sign: async (request, asked) => (await current()).sign(request, asked),
    signMembershipVote: async (request) => (await current()).signMembershipVote(request),
    signAutomaticVote: async (request) => (await current()).signAutomaticVote(request),
  };
}

/** The same for the operator. */
export function adminApiOf(current: () => Promise<SignerAdminApi>): SignerAdminApi {
  return {
    getCustody: async () => (await current()).getCustody(),
    getProcess: async () => (await current()).getProcess(),
    unlock: async (request) => (await current()).unlock(request),
    lock: async () => (await current()).lock(),
    listAuditRows: async (request) => (await current()).listAuditRows(request),
    signOperatorVote: async (request) => (await current()).signOperatorVote(request),
  };
}
