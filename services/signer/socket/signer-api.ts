import type {
  GetSignerResponse,
  OpenSessionResponse,
  PutCertificateRequest,
  PutCertificateResponse,
  SignAutomaticVoteRequest,
  SignAutomaticVoteResponse,
  SignatureFromCore,
  SignMembershipVoteRequest,
  SignMembershipVoteResponse,
  SignProposalRequest,
  SignTimeoutRequest,
  SignVoteRequest,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';

/** What is known of a call beside what is asked. */
export interface Asked {
  /** How long the caller still waits, ms; without end when left out. */
  readonly patienceMs?: number | undefined;
}

/**
 * What the core does, in the words of the wire: the edge passes on what it read, and the core believes none of it. The
 * core itself is one, and so is its client on the other side of a socket.
 */
export interface SignerApi {
  getSigner(): Promise<GetSignerResponse>;
  openSession(): Promise<OpenSessionResponse>;
  /** A whole certificate in one piece. */
  putCertificate(request: PutCertificateRequest): Promise<PutCertificateResponse>;
  signProposal(request: SignProposalRequest, asked?: Asked): Promise<SignatureFromCore>;
  signVote(request: SignVoteRequest, asked?: Asked): Promise<SignatureFromCore>;
  signTimeout(request: SignTimeoutRequest, asked?: Asked): Promise<SignatureFromCore>;
  signMembershipVote(request: SignMembershipVoteRequest): Promise<SignMembershipVoteResponse>;
  signAutomaticVote(request: SignAutomaticVoteRequest): Promise<SignAutomaticVoteResponse>;
}
