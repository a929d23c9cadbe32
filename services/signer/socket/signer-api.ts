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
  SignRequest,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';

/** The facts about a call beside its request. */
export interface Asked {
  /** How long the caller still waits, ms; without end when left out. */
  readonly patienceMs?: number | undefined;
}

/**
 * The core's calls, in the messages of the wire: the edge passes on the requests that it read, and the core
 * believes none of them. The core itself implements this, and so does its client on the other side of a socket.
 */
export interface SignerApi {
  getSigner(): Promise<GetSignerResponse>;
  openSession(): Promise<OpenSessionResponse>;
  /** A whole certificate in one piece. */
  putCertificate(request: PutCertificateRequest): Promise<PutCertificateResponse>;
  /** One statement of the protocol of the epoch. */
  sign(request: SignRequest, asked?: Asked): Promise<SignatureFromCore>;
  signMembershipVote(request: SignMembershipVoteRequest): Promise<SignMembershipVoteResponse>;
  signAutomaticVote(request: SignAutomaticVoteRequest): Promise<SignAutomaticVoteResponse>;
}
