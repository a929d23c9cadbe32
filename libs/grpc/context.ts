import type { Metadata } from '@grpc/grpc-js';
import type { Logger } from '#libs/log/logger.ts';
import { newTraceId, type TraceId, traceIdOf } from '#libs/log/trace-id.ts';
import type { CallerPlace } from '#libs/tracing/traceparent.ts';
import { type Caller, callerOf } from './caller.ts';
import { callerPlaceIn } from './caller-place.ts';

/** Metadata that carries the trace id: 32 lower-case hex digits, as in the W3C trace context. */
export const TRACE_ID_KEY = 'btcfed-trace-id';

/** The facts that a handler has about the call it serves. */
export interface CallContext {
  /** Taken from the caller, also from its `traceparent`, or new. */
  readonly traceId: TraceId;
  /** The span of the caller, by its `traceparent`; undefined for none, and for one in another form than the standard's. */
  readonly callerPlace?: CallerPlace | undefined;
  /** Adds `trace_id` and `method` to every line. */
  readonly log: Logger;
  /** Aborted when the caller is gone, its deadline has passed, or the server stops. */
  readonly signal: AbortSignal;
  /** When the caller stops waiting. */
  readonly deadline?: Date;
  /** Address of the caller, as the transport reports it. */
  readonly peer: string;
  /** Common name in the caller's certificate, where the connection asked for one: TLS has verified it. */
  readonly clientName?: string;
  /** The verified certificate of the client, DER: for services that pin keys. */
  readonly clientCertificate?: Uint8Array;
  /** The caller whose share of this server's resources the call counts to. */
  readonly caller: Caller;
}

interface PeerCertificate {
  readonly subject: { readonly CN?: unknown };
  readonly raw?: Uint8Array;
}

/** The part that every call of grpc-js's server has. */
export interface ServerCall {
  readonly metadata: Metadata;
  getPeer(): string;
  /** The certificate that TLS verified; nothing on a connection without one. */
  getAuthContext(): {
    readonly sslPeerCertificate?: PeerCertificate;
  };
  getDeadline(): Date | number;
  on(event: 'cancelled', listener: () => void): unknown;
}

/** The context of `call`. Text of a stranger never reaches the log as a trace id. */
export function callContextOf(
  call: ServerCall,
  { log, method, signal }: { log: Logger; method: string; signal: AbortSignal },
): CallContext {
  const callerPlace = callerPlaceIn(call.metadata);
  const given = traceIdOf(call.metadata.get(TRACE_ID_KEY)[0]?.toString());
  const traceId = given ?? callerPlace?.traceId ?? newTraceId();
  const due = call.getDeadline();
  return {
    traceId,
    callerPlace,
    log: log.child({ trace_id: traceId, method }),
    signal,
    ...(due === Number.POSITIVE_INFINITY ? {} : { deadline: new Date(due) }),
    peer: call.getPeer(),
    ...clientOf(call),
  };
}

function clientOf(call: ServerCall): Pick<CallContext, 'clientName' | 'clientCertificate' | 'caller'> {
  const certificate = call.getAuthContext().sslPeerCertificate;
  const caller = sharedCaller(call.getPeer(), certificate);
  return { caller, ...nameIn(certificate) };
}

/**
 * The callers by their certificates: a server that guards its calls gives one certificate object for a whole
 * connection.
 */
const CALLERS = new WeakMap<PeerCertificate, Caller>();

function sharedCaller(peer: string, certificate: PeerCertificate | undefined): Caller {
  if (certificate?.raw === undefined) return callerOf({ peer });
  const caller = CALLERS.get(certificate) ?? callerOf({ peer, certificate: certificate.raw });
  CALLERS.set(certificate, caller);
  return caller;
}

function nameIn(
  certificate: PeerCertificate | undefined,
): Pick<CallContext, 'clientName' | 'clientCertificate'> {
  const name = certificate?.subject.CN;
  if (certificate?.raw === undefined || typeof name !== 'string') return {};
  return { clientName: name, clientCertificate: certificate.raw };
}
