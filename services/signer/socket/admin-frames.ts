import {
  GetCustodyRequest,
  GetCustodyResponse,
  GetProcessRequest,
  GetProcessResponse,
  ListAuditRowsRequest,
  ListAuditRowsResponse,
  LockRequest,
  LockResponse,
  SignOperatorVoteRequest,
  SignOperatorVoteResponse,
  UnlockRequest,
  UnlockResponse,
} from '#libs/proto/btcfed/signer/v1/signer_admin_service.ts';
import type { SignerAdminApi } from './signer-admin-api.ts';

/** Methods of the admin socket, by the byte that names them: none of them is one of the edge's. */
export const ADMIN_METHODS = {
  getProcess: { byte: 133, request: GetProcessRequest, response: GetProcessResponse },
  getCustody: { byte: 129, request: GetCustodyRequest, response: GetCustodyResponse },
  unlock: { byte: 130, request: UnlockRequest, response: UnlockResponse },
  lock: { byte: 131, request: LockRequest, response: LockResponse },
  listAuditRows: { byte: 132, request: ListAuditRowsRequest, response: ListAuditRowsResponse },
  signOperatorVote: {
    byte: 134,
    request: SignOperatorVoteRequest,
    response: SignOperatorVoteResponse,
  },
} as const satisfies Record<keyof SignerAdminApi, unknown>;
