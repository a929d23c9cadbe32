import { type Client, Metadata, type MethodDefinition, type CallOptions as WireOptions } from '@grpc/grpc-js';
import { newTraceId } from '#libs/log/trace-id.ts';
import { TRACEPARENT_KEY } from '#libs/tracing/traceparent.ts';
import type { CallFailure } from './call-failure.ts';
import { TRACE_ID_KEY } from './context.ts';
import { cancelOn, readResponses, room } from './read-responses.ts';

export interface CallOptions {
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** 32 hex digits that join the log lines of all services that take part; a new one when it is left out. */
  readonly traceId?: string;
  /** W3C header of the span that the call is, which the spans of the server become a part of; none when it is left out. */
  readonly traceparent?: string | undefined;
}

/** The connection and defaults that a call uses. */
export interface CallTarget {
  /** The client of the connection in use: another one after a certificate was renewed. */
  readonly client: () => Client;
  readonly wire: MethodDefinition<unknown, unknown>;
  /** Makes the error that the caller gets. */
  readonly fail: (failure: CallFailure) => Error;
  /** Default for unary calls. */
  readonly deadlineMs: number;
}

/** A stream both ways. It does not come back by itself: when `responses` fails, open another. */
export interface BidiCall<Request, Response> {
  /**
   * Sends a message. False: the message is kept, and the next one should wait for `writable`; or the stream is
   * over, and the message is lost.
   */
  send(request: Request): boolean;
  /** Resolves when there is room for more; rejects with the RemoteError when the stream is over. */
  writable(): Promise<void>;
  /**
   * The messages of the server. Ends when the server ends the stream well, or by `cancel`; else throws the
   * RemoteError.
   */
  readonly responses: AsyncIterable<Response>;
  /** Ends the requests; responses continue. */
  end(): void;
  cancel(): void;
}

export function unaryCall({ client, wire, fail, deadlineMs }: CallTarget) {
  return (request: unknown, options: CallOptions = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const call = client().makeUnaryRequest(
        wire.path,
        wire.requestSerialize,
        wire.responseDeserialize,
        request,
        metadataOf(options),
        wireOptions({ deadlineMs, ...options }),
        (error, response) => {
          unlink();
          if (error !== null) reject(fail(error));
          else resolve(response);
        },
      );
      const unlink = cancelOn(options.signal, call);
    });
}

export function serverStreamCall({ client, wire, fail }: CallTarget) {
  return (request: unknown, options: CallOptions = {}): AsyncIterable<unknown> => {
    const call = client().makeServerStreamRequest(
      wire.path,
      wire.requestSerialize,
      wire.responseDeserialize,
      request,
      metadataOf(options),
      wireOptions(options),
    );
    return readResponses(call, { fail, signal: options.signal }).responses;
  };
}

export function bidiCall({ client, wire, fail }: CallTarget) {
  return (options: CallOptions = {}): BidiCall<unknown, unknown> => {
    const call = client().makeBidiStreamRequest(
      wire.path,
      wire.requestSerialize,
      wire.responseDeserialize,
      metadataOf(options),
      wireOptions(options),
    );
    const { responses, over } = readResponses(call, { fail, signal: options.signal });
    return {
      send: (request) => !over.aborted && call.writable && call.write(request),
      writable: () => room(call, over),
      responses,
      end: () => void call.end(),
      cancel: () => void responses.return(),
    };
  };
}

function metadataOf({ traceId = newTraceId(), traceparent }: CallOptions): Metadata {
  const metadata = new Metadata();
  metadata.set(TRACE_ID_KEY, traceId);
  if (traceparent !== undefined) metadata.set(TRACEPARENT_KEY, traceparent);
  return metadata;
}

function wireOptions({ deadlineMs }: CallOptions): WireOptions {
  return deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
}
