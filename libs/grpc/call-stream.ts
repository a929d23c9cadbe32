import type { Http2Session } from 'node:http2';
import { assert } from '#libs/assert/assert.ts';

/**
 * The part of an HTTP/2 stream that shows the cost of a call, and can free all resources of the call without its
 * caller.
 */
export interface CallStream {
  readonly session: Http2Session | undefined;
  on(event: 'data', listener: (data: Uint8Array) => void): unknown;
  prependListener(event: 'data', listener: (data: Uint8Array) => void): unknown;
  close(code: number): void;
}

export interface InsideOfCall {
  readonly stream: CallStream;
  readonly encoding: string;
}

/**
 * The parts of the innermost call that grpc-js keeps to itself: its stream, and the encoding of its messages,
 * which grpc-js takes out of the metadata. Without them a caller that went quiet could not be made to let go,
 * nor compression be refused.
 */
export function insideOf(call: object): InsideOfCall {
  // The call of another interceptor keeps the one that it stands around.
  const within: unknown = Reflect.get(call, 'nextCall');
  if (typeof within === 'object' && within !== null) return insideOf(within);
  const stream: unknown = Reflect.get(call, 'stream');
  const encoding: unknown = Reflect.get(call, 'incomingEncoding');
  assert(isCallStream(stream) && typeof encoding === 'string', 'a call of grpc-js has a stream');
  return { stream, encoding };
}

function isCallStream(stream: unknown): stream is CallStream {
  return (
    typeof stream === 'object' &&
    stream !== null &&
    'session' in stream &&
    'on' in stream &&
    'close' in stream &&
    typeof stream.close === 'function'
  );
}
