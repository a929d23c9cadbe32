import { once } from 'node:events';

/** The writable part of a call of grpc-js. */
export interface ResponseSink extends NodeJS.EventEmitter {
  write(message: unknown): boolean;
  end(): unknown;
  readonly cancelled: boolean;
}

/** Sends everything that the handler yields, no faster than the caller takes it, until it ends or `signal` aborts. */
export async function sendAll(
  responses: AsyncIterable<unknown>,
  call: ResponseSink,
  signal: AbortSignal,
): Promise<void> {
  const iterator = responses[Symbol.asyncIterator]();
  const untilAbort = abortGate(signal);
  for (;;) {
    const step = await untilAbort(iterator.next());
    if (step === ABORTED || step.done === true) {
      // Not awaited: a generator in an endless wait answers this only after its wait.
      if (step === ABORTED) iterator.return?.()?.catch(() => undefined);
      return;
    }
    if (!call.write(step.value)) await untilAbort(once(call, 'drain', { signal }).catch(() => undefined));
  }
}

const ABORTED = Symbol('aborted');

/** Waits for one promise at a time, or until `signal` aborts; leaves no listener behind for each wait. */
function abortGate(signal: AbortSignal) {
  let wake: (() => void) | undefined;
  signal.addEventListener('abort', () => wake?.(), { once: true });
  return <T>(promise: Promise<T>): Promise<T | typeof ABORTED> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) resolve(ABORTED);
      wake = () => resolve(ABORTED);
      promise.then(resolve, reject);
    });
}
