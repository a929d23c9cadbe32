import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { type ClientReadableStream, type ServiceError, status } from '@grpc/grpc-js';
import type { CallFailure } from './call-failure.ts';
import { GRPC_LIMITS } from './limits.ts';
import { MessageQueue } from './message-queue.ts';

/** Cancels `call` when `signal` aborts. The answer removes the listener: a signal may live longer than the call. */
export function cancelOn(signal: AbortSignal | undefined, call: { cancel(): void }): () => void {
  const cancel = (): void => call.cancel();
  if (signal?.aborted === true) cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  return () => signal?.removeEventListener('abort', cancel);
}

/** The responses of a stream that is read. */
interface Reading {
  readonly responses: MessageQueue<unknown>;
  /** Aborted when the stream is over, with the RemoteError as its reason. */
  readonly over: AbortSignal;
}

/** Reads the responses of a stream as they come, and no faster than they are taken. */
export function readResponses(
  call: ClientReadableStream<unknown>,
  {
    fail,
    signal,
  }: {
    readonly fail: (failure: CallFailure) => Error;
    readonly signal: AbortSignal | undefined;
  },
): Reading {
  let failure: Error | undefined;
  const over = new AbortController();
  const unlink = cancelOn(signal, call);
  const responses = new MessageQueue<unknown>(GRPC_LIMITS.streamBacklogMax, {
    pause: () => call.pause(),
    resume: () => call.resume(),
    abandoned: () => call.cancel(),
  });
  call.on('data', (response) => responses.push(response));
  call.on('error', (error: ServiceError) => {
    failure = fail(error);
  });
  // The failure comes after the last message: messages that came before it are still read.
  call.on('end', () => responses.end(failure));
  call.on('status', () => {
    unlink();
    over.abort(failure ?? fail({ code: status.OK, details: 'the server has ended the stream' }));
  });
  return { responses, over: over.signal };
}

/** Resolves when there is room for another request; rejects with the reason of `over` when the stream is. */
export async function room(call: Writable, over: AbortSignal): Promise<void> {
  over.throwIfAborted();
  if (!call.writableNeedDrain) return;
  try {
    await once(call, 'drain', { signal: over });
  } finally {
    over.throwIfAborted();
  }
}
