import type { ByteStream } from '../ports/peer-network.ts';
import type { ExchangeCodec } from './ports.ts';
import { EXCHANGE_MESSAGE_BYTES_MAX } from './rules/exchange-limits.ts';
import type { DecodedMessage, ExchangeMessage } from './rules/message.ts';
import { encodeVarintFrame, VarintFrameReader } from './rules/varint-frame.ts';

/** The outcome of a stream. `closed`: the other end finished, or the connection broke, before it sent anything. */
export type StreamResult =
  | (DecodedMessage & { readonly sizeBytes: number })
  | { readonly kind: 'closed' }
  | { readonly kind: 'late' };

export interface StreamSaying {
  readonly stream: ByteStream;
  readonly codec: ExchangeCodec;
}

/** Sends one message. @returns its size in bytes */
export function sendMessage({ stream, codec }: StreamSaying, message: ExchangeMessage): number {
  const payload = codec.encode(message);
  stream.send(encodeVarintFrame(payload));
  return payload.length;
}

/**
 * Waits for the one message of the other end. Bytes behind that message are not read; when it does not arrive
 * whole within `timeoutMs`, the caller must cut the stream.
 */
export function receiveMessage({ stream, codec }: StreamSaying, timeoutMs: number): Promise<StreamResult> {
  const { promise, resolve } = Promise.withResolvers<StreamResult>();
  const reader = new VarintFrameReader(EXCHANGE_MESSAGE_BYTES_MAX);
  const timer = setTimeout(() => resolve({ kind: 'late' }), timeoutMs);
  let isDone = false;
  stream.onBytes((bytes) => {
    if (isDone) return;
    const fed = reader.feed(bytes);
    if (fed.kind === 'more') return;
    isDone = true;
    if (fed.kind === 'bad') resolve({ kind: 'malformed', problem: fed.problem, sizeBytes: bytes.length });
    else resolve({ ...codec.decode(fed.payload), sizeBytes: fed.payload.length });
  });
  stream.onClosed(() => resolve({ kind: 'closed' }));
  return promise.finally(() => {
    isDone = true;
    clearTimeout(timer);
  });
}
