import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  type ServerMethodDefinition,
  status,
} from '@grpc/grpc-js';
import type { CallerPlace } from '#libs/tracing/traceparent.ts';
import type { Tracer } from '#libs/tracing/tracer.ts';
import { callerPlaceIn } from './caller-place.ts';

type Listener = Parameters<ServerInterceptingCall['start']>[0];
type Status = Parameters<ServerInterceptingCall['sendStatus']>[0];

/**
 * Makes a span of each call with one answer whose caller records one, as a part of it. Streams have none: they last as long as
 * the processes. grpc-js calls it for methods that the server has, and for no other.
 */
export function tracingCalls(tracer: Tracer): ServerInterceptor {
  return (method, call) => new TracedCall(call, method, tracer);
}

class TracedCall extends ServerInterceptingCall {
  readonly #method: ServerMethodDefinition<unknown, unknown>;
  readonly #tracer: Tracer;
  /** The caller's span, and when the call came; undefined where there is nothing to tell, or no more. */
  #begun: { readonly caller: CallerPlace; readonly startMs: number } | undefined;

  constructor(
    call: ServerInterceptingCallInterface,
    method: ServerMethodDefinition<unknown, unknown>,
    tracer: Tracer,
  ) {
    super(call);
    this.#method = method;
    this.#tracer = tracer;
  }

  override start(listener: Listener): void {
    super.start({
      onReceiveMetadata: (metadata: Metadata) => {
        this.#begin(metadata);
        listener.onReceiveMetadata(metadata);
      },
      onReceiveMessage: (message: unknown) => listener.onReceiveMessage(message),
      onReceiveHalfClose: () => listener.onReceiveHalfClose(),
      onCancel: () => {
        this.#end('the caller went before it had its answer');
        listener.onCancel();
      },
    });
  }

  override sendStatus(sent: Status): void {
    const { code = status.OK, details } = sent;
    this.#end(code === status.OK ? undefined : `${status[code]}: ${details}`);
    super.sendStatus(sent);
  }

  #begin(metadata: Metadata): void {
    const { requestStream, responseStream } = this.#method;
    const caller = callerPlaceIn(metadata);
    if (caller?.isSampled !== true || requestStream || responseStream) return;
    if (this.#tracer.isRecorded(caller.traceId)) this.#begun = { caller, startMs: this.#tracer.nowMs() };
  }

  #end(fault: string | undefined): void {
    const begun = this.#begun;
    this.#begun = undefined;
    if (begun === undefined) return;
    const { caller, startMs } = begun;
    const name = this.#method.path.slice(1);
    const [service = '', method = ''] = name.split('/');
    this.#tracer.ended({
      place: { traceId: caller.traceId, spanId: this.#tracer.newSpanId() },
      ...{ parent: caller.spanId, name, kind: 'server', startMs, endMs: this.#tracer.nowMs(), fault },
      facts: { 'rpc.system': 'grpc', 'rpc.service': service, 'rpc.method': method },
    });
  }
}
