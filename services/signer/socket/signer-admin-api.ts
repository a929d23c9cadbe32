import type {
  GetCustodyResponse,
  GetProcessResponse,
  ListAuditRowsRequest,
  ListAuditRowsResponse,
  LockResponse,
  SignOperatorVoteRequest,
  SignOperatorVoteResponse,
  UnlockRequest,
  UnlockResponse,
} from '#libs/proto/btcfed/signer/v1/signer_admin_service.ts';

/** The calls of a signer's operator to its core, on the admin socket alone. */
export interface SignerAdminApi {
  getCustody(): Promise<GetCustodyResponse>;
  getProcess(): Promise<GetProcessResponse>;
  unlock(request: UnlockRequest): Promise<UnlockResponse>;
  lock(): Promise<LockResponse>;
  listAuditRows(request: ListAuditRowsRequest): Promise<ListAuditRowsResponse>;
  signOperatorVote(request: SignOperatorVoteRequest): Promise<SignOperatorVoteResponse>;
}
