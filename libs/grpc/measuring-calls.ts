import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  type ServerMethodDefinition,
  status,
} from '@grpc/grpc-js';
import { isPlaceMalformed } from './caller-place.ts';
import type { GrpcMetrics } from './grpc-metrics.ts';

type Told = Pick<GrpcMetrics, 'ended' | 'malformedPlace'>;

type Listener = Parameters<ServerInterceptingCall['start']>[0];
type Status = Parameters<ServerInterceptingCall['sendStatus']>[0];

/** Measures the calls of one server; outside of all that may refuse them. grpc-js calls it for methods that the server has, and for no other. */
export function measuringCalls(metrics: Told): ServerInterceptor {
  return (method, call) => new MeasuredCall(call, method, metrics);
}

class MeasuredCall extends ServerInterceptingCall {
  readonly #startedAtMs = performance.now();
  readonly #method: ServerMethodDefinition<unknown, unknown>;
  readonly #metrics: Told;
  #hasEnded = false;

  constructor(
    call: ServerInterceptingCallInterface,
    method: ServerMethodDefinition<unknown, unknown>,
    metrics: Told,
  ) {
    super(call);
    this.#method = method;
    this.#metrics = metrics;
  }

  override start(listener: Listener): void {
    super.start({
      onReceiveMetadata: (metadata: Metadata) => {
        if (isPlaceMalformed(metadata)) this.#metrics.malformedPlace();
        listener.onReceiveMetadata(metadata);
      },
      onReceiveMessage: (message: unknown) => listener.onReceiveMessage(message),
      onReceiveHalfClose: () => listener.onReceiveHalfClose(),
      // Comes behind every end. Before a status of ours it is an end that the caller, or grpc-js itself, has made.
      onCancel: () => {
        this.#end(this.#isLate() ? status.DEADLINE_EXCEEDED : status.CANCELLED);
        listener.onCancel();
      },
    });
  }

  override sendStatus(sent: Status): void {
    this.#end(sent.code ?? status.OK);
    super.sendStatus(sent);
  }

  #isLate(): boolean {
    return Number(this.getDeadline()) <= Date.now();
  }

  #end(code: status): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const { path, requestStream, responseStream } = this.#method;
    const durationMs = performance.now() - this.#startedAtMs;
    this.#metrics.ended({ path, code, durationMs, isUnary: !requestStream && !responseStream });
  }
}
