import type { Caller } from '#libs/grpc/caller.ts';
import type {
  DiagnoseRequest,
  DiagnoseResponse,
  ExplainHeightRequest,
  ExplainHeightResponse,
  GetBlockRequest,
  GetBlockResponse,
  GetHandoverRequest,
  GetHandoverResponse,
  GetMembershipRequest,
  GetMembershipResponse,
  GetStatusRequest,
  GetStatusResponse,
  GetTransactionRequest,
  GetTransactionResponse,
  GetValidatorsRequest,
  GetValidatorsResponse,
  ListEvidenceRequest,
  ListEvidenceResponse,
  SubmitTransactionRequest,
  SubmitTransactionResponse,
  SubmitTransactionsRequest,
  SubmitTransactionsResponse,
  WaitTransactionRequest,
  WaitTransactionResponse,
  WaitTransactionsRequest,
  WaitTransactionsResponse,
  WatchRequest,
  WatchResponse,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { CallerPlace } from '#libs/tracing/traceparent.ts';

/** The facts that a handler knows of its call. */
export interface ClientCall {
  /** Fires when the caller is gone, or its deadline has passed. */
  readonly signal: AbortSignal;
  readonly deadline?: Date | undefined;
  /** Trace that joins the lines of all services and members that handle the call and its consequences. */
  readonly traceId?: string;
  /** The span of the caller, where it names one. */
  readonly callerPlace?: CallerPlace | undefined;
  /** The caller whose share the call counts to. */
  readonly caller: Caller;
}

type Unary<Request, Response> = (request: Request, call: ClientCall) => Promise<Response>;
type Streaming<Request, Response> = (request: Request, call: ClientCall) => AsyncIterable<Response>;

/** The methods of ConsensusService as plain functions. They throw `ClientError` alone. */
export interface ClientHandlers {
  readonly submitTransaction: Unary<SubmitTransactionRequest, SubmitTransactionResponse>;
  readonly submitTransactions: Unary<SubmitTransactionsRequest, SubmitTransactionsResponse>;
  readonly getTransaction: Unary<GetTransactionRequest, GetTransactionResponse>;
  readonly waitTransaction: Unary<WaitTransactionRequest, WaitTransactionResponse>;
  readonly waitTransactions: Streaming<WaitTransactionsRequest, WaitTransactionsResponse>;
  readonly getBlock: Unary<GetBlockRequest, GetBlockResponse>;
  readonly getStatus: Unary<GetStatusRequest, GetStatusResponse>;
  readonly getValidators: Unary<GetValidatorsRequest, GetValidatorsResponse>;
  readonly getMembership: Unary<GetMembershipRequest, GetMembershipResponse>;
  readonly getHandover: Unary<GetHandoverRequest, GetHandoverResponse>;
  readonly listEvidence: Unary<ListEvidenceRequest, ListEvidenceResponse>;
  readonly diagnose: Unary<DiagnoseRequest, DiagnoseResponse>;
  readonly explainHeight: Unary<ExplainHeightRequest, ExplainHeightResponse>;
  readonly watch: Streaming<WatchRequest, WatchResponse>;
}
