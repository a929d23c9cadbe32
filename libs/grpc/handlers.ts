import {
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { AssertionError, assert } from '#libs/assert/assert.ts';
import { AppError } from '#libs/errors/app-error.ts';
import type { Logger } from '#libs/log/logger.ts';
import { type CallContext, callContextOf, type ServerCall } from './context.ts';
import type { Loose } from './generic-service.ts';
import { GRPC_LIMITS } from './limits.ts';
import { MessageQueue } from './message-queue.ts';
import { type ResponseSink, sendAll } from './send-responses.ts';
import { codedError, type StatusByCode, toServiceError } from './status.ts';

/** A handler as plain code: a promise for unary methods, an iterable for streams. */
export type AnyHandler = Loose<[unknown, CallContext], Promise<unknown> | AsyncIterable<unknown>>;

export interface HandlerOptions {
  /** Full name of the method, for log and errors. */
  readonly method: string;
  readonly log: Logger;
  readonly statusByCode: StatusByCode;
  /** Calls that are running: the server aborts the streams among them when it stops. */
  readonly live: Set<AbortController>;
}

export function unaryHandler(
  handler: AnyHandler,
  options: HandlerOptions,
): handleUnaryCall<unknown, unknown> {
  return (call, done) => {
    const { context } = open(call, options);
    answer(handler, call.request, context).then(
      (response) => done(null, response),
      (error: unknown) => done(failed(error, context, options)),
    );
  };
}

export function serverStreamHandler(
  handler: AnyHandler,
  options: HandlerOptions,
): handleServerStreamingCall<unknown, unknown> {
  return (call) => {
    const { context, controller } = open(call, options);
    options.live.add(controller);
    void stream(() => handler(call.request, context), call, { context, options }).finally(() =>
      options.live.delete(controller),
    );
  };
}

export function bidiHandler(
  handler: AnyHandler,
  options: HandlerOptions,
): handleBidiStreamingCall<unknown, unknown> {
  return (call) => {
    const { context, controller } = open(call, options);
    const requests = new MessageQueue<unknown>(GRPC_LIMITS.streamBacklogMax, {
      pause: () => call.pause(),
      resume: () => call.resume(),
    });
    call.on('data', (request) => requests.push(request));
    call.on('end', () => requests.end());
    // The requests of a caller that is gone end without an error; the signal, aborted then or a moment later,
    // tells the difference. A throw could surface where nobody catches it.
    context.signal.addEventListener('abort', () => requests.end());
    options.live.add(controller);
    void stream(() => handler(requests, context), call, { context, options }).finally(() =>
      options.live.delete(controller),
    );
  };
}

function open(call: ServerCall, { log, method }: HandlerOptions) {
  const controller = new AbortController();
  call.on('cancelled', () => controller.abort());
  return { controller, context: callContextOf(call, { log, method, signal: controller.signal }) };
}

async function answer(handler: AnyHandler, request: unknown, context: CallContext): Promise<unknown> {
  return await handler(request, context);
}

interface StreamScope {
  readonly context: CallContext;
  readonly options: HandlerOptions;
}

/**
 * Sends everything that the handler yields, no faster than the caller takes it, and then the status. Never rejects.
 */
async function stream(
  start: () => ReturnType<AnyHandler>,
  call: ResponseSink & { emit(event: 'error', error: ServiceError): boolean },
  { context, options }: StreamScope,
): Promise<void> {
  try {
    const responses = start();
    assert(Symbol.asyncIterator in responses, `${options.method} must return an async iterable`);
    await sendAll(responses, call, context.signal);
    if (context.signal.aborted) throw context.signal.reason;
    call.end();
  } catch (error) {
    const failure = failed(error, context, options);
    if (!call.cancelled) call.emit('error', failure);
  }
}

/** Logs a failed call, and chooses the error that its caller may see. */
function failed(
  error: unknown,
  { signal, log }: CallContext,
  { statusByCode }: HandlerOptions,
): ServiceError {
  if (error instanceof AssertionError) {
    // A broken invariant ends the process (libs/assert), also when it shows inside a call.
    queueMicrotask(() => {
      throw error;
    });
  }
  if (signal.aborted) {
    log.debug('call cancelled');
    return codedError({
      status: status.UNAVAILABLE,
      errorCode: 'SERVER_STOPPING',
      details: 'the call was cancelled or the server stops',
    });
  }
  if (error instanceof AppError) log.info('call refused', { code: error.detail.code });
  else log.error('call failed', error);
  return toServiceError(error, statusByCode);
}
