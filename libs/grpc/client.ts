import { Client, type ClientOptions, status } from '@grpc/grpc-js';
import { assert } from '#libs/assert/assert.ts';
import { AppError } from '#libs/errors/app-error.ts';
import type { CallFailure } from './call-failure.ts';
import {
  type BidiCall,
  bidiCall,
  type CallOptions,
  type CallTarget,
  serverStreamCall,
  unaryCall,
} from './calls.ts';
import type {
  ByShape,
  GenericMethod,
  GenericService,
  Loose,
  RequestOf,
  ResponseOf,
} from './generic-service.ts';
import { clientOptions, GRPC_LIMITS } from './limits.ts';
import { serviceDefinition } from './service.ts';
import { ERROR_CODE_KEY } from './status.ts';
import { type ClientTls, clientCredentials } from './tls.ts';

export type { ClientTls } from './tls.ts';

export interface RemoteErrorDetail {
  readonly code: 'REMOTE_CALL_FAILED';
  /** `fullName/Method` that was called. */
  readonly method: string;
  /** Name of the gRPC status, such as FAILED_PRECONDITION. UNAVAILABLE and CANCELLED may be tried again. */
  readonly status: string;
  /** The code of the AppError that the other side threw, where it threw one. */
  readonly errorCode?: string;
  /** The trailer of the answer: facts that the caller can act on. */
  readonly trailer?: Readonly<Record<string, string>>;
}

/** A call that the other side refused, or that never got there. */
export class RemoteError extends AppError<RemoteErrorDetail> {
  override readonly name = 'RemoteError';
}

/** One method of a service, from the caller's side. Failures are RemoteErrors. */
export type ClientMethod<Method> = ByShape<
  Method,
  (request: RequestOf<Method>, options?: CallOptions) => Promise<ResponseOf<Method>>,
  (request: RequestOf<Method>, options?: CallOptions) => AsyncIterable<ResponseOf<Method>>,
  (options?: CallOptions) => BidiCall<RequestOf<Method>, ResponseOf<Method>>
>;

export type GrpcClient<Service extends GenericService> = {
  readonly [Name in keyof Service['methods']]: ClientMethod<Service['methods'][Name]>;
} & {
  /**
   * Takes another certificate, key and authority: later calls go over a new connection, and calls under way
   * finish on the old one.
   * @throws ListenError `TLS_INVALID`; the old ones then stay in force.
   */
  renewTls(tls: ClientTls): void;
  /** Ends every call and closes the connection. */
  close(): void;
};

export interface GrpcClientOptions {
  /** `host:port` or `unix:path`, as a server takes it. */
  readonly address: string;
  readonly tls?: ClientTls;
  /** Deadline of unary calls that give none of their own. */
  readonly deadlineMs?: number;
}

/**
 * A client of one service. Connects at the first call and again, by itself, after a loss; a call made meanwhile
 * fails at once with UNAVAILABLE, and may be tried again. Streams have no deadline unless they are given one.
 */
export function grpcClient<Service extends GenericService>(
  generic: Service,
  options: GrpcClientOptions,
): GrpcClient<Service>;
export function grpcClient(
  generic: GenericService,
  { address, tls, deadlineMs = GRPC_LIMITS.deadlineMs }: GrpcClientOptions,
): Readonly<Record<string, unknown>> {
  let client = connection(address, tls);
  const definition = serviceDefinition(generic);
  const methods = Object.entries(generic.methods).map(([key, method]) => {
    const wire = definition[key];
    assert(wire !== undefined, `no definition of ${key}`);
    const name = `${generic.fullName}/${method.name}`;
    return [
      key,
      caller(method)({ client: () => client, wire, fail: (error) => remoteError(error, name), deadlineMs }),
    ];
  });
  const renewTls = (renewed: ClientTls): void => {
    const old = client;
    client = connection(address, renewed);
    old.close();
  };
  return { ...Object.fromEntries(methods), renewTls, close: () => client.close() };
}

function connection(address: string, tls: ClientTls | undefined): Client {
  const nameOverride: ClientOptions =
    tls?.serverName === undefined ? {} : { 'grpc.ssl_target_name_override': tls.serverName };
  const kind = address.startsWith('unix:') ? 'unix' : 'tcp';
  return new Client(address, clientCredentials(tls, address), { ...clientOptions(kind), ...nameOverride });
}

type Caller = (target: CallTarget) => Loose<[unknown, CallOptions], unknown>;

function caller({ requestStream, responseStream }: GenericMethod): Caller {
  if (requestStream) return bidiCall;
  return responseStream ? serverStreamCall : unaryCall;
}

/** Turns the error that grpc-js reports on a call into our error. */
function remoteError({ code, details, metadata }: CallFailure, method: string): RemoteError {
  const { [ERROR_CODE_KEY]: errorCode, ...rest } = metadata?.getMap() ?? {};
  const trailer = Object.fromEntries(Object.entries(rest).filter(isFact));
  const detail = {
    code: 'REMOTE_CALL_FAILED' as const,
    method,
    status: status[code] ?? 'UNKNOWN',
    ...(typeof errorCode === 'string' ? { errorCode } : {}),
    ...(Object.keys(trailer).length === 0 ? {} : { trailer }),
  };
  return new RemoteError(`${method} failed with ${detail.status}: ${details}`, detail);
}

/** The message that HTTP/2 itself puts beside a status. */
const TRANSPORT_KEYS = ['content-type', 'date', 'grpc-accept-encoding', 'grpc-encoding'];

function isFact(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string' && !TRANSPORT_KEYS.includes(entry[0]);
}
