import type {
  GetSignerResponse,
  OpenSessionResponse,
  PutCertificateRequest,
  PutCertificateResponse,
  SignMembershipVoteRequest,
  SignMembershipVoteResponse,
  SignProposalRequest,
  SignTimeoutRequest,
  SignVoteRequest,
  SignVoteResponse,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';

/**
 * What the core does, in the words of the wire: the edge passes on what it read, and the core believes none of it. The
 * core itself is one, and so is its client on the other side of a socket.
 */
export interface SignerApi {
  getSigner(): Promise<GetSignerResponse>;
  openSession(): Promise<OpenSessionResponse>;
  /** A whole certificate in one piece. */
  putCertificate(request: PutCertificateRequest): Promise<PutCertificateResponse>;
  signProposal(request: SignProposalRequest): Promise<SignVoteResponse>;
  signVote(request: SignVoteRequest): Promise<SignVoteResponse>;
  signTimeout(request: SignTimeoutRequest): Promise<SignVoteResponse>;
  signMembershipVote(request: SignMembershipVoteRequest): Promise<SignMembershipVoteResponse>;
}
