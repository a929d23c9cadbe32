import { randomBytes } from 'node:crypto';

/**
 * Joins the log lines, events and calls of all services and members that take part in one thing: 32 lower-case hex
 * digits, as in the W3C trace context. It comes from strangers, so it is checked and never decides anything.
 */
export type TraceId = string;

export const TRACE_ID_BYTES = 16;

const TRACE_ID = /^[0-9a-f]{32}$/;

export function newTraceId(): TraceId {
  return randomBytes(TRACE_ID_BYTES).toString('hex');
}

/** The id that `text` is, or undefined: text of a stranger never reaches the log as a trace id. */
export function traceIdOf(text: string | undefined): TraceId | undefined {
  return text !== undefined && TRACE_ID.test(text) ? text : undefined;
}

/** The id in a message; undefined for none, and for any other number of bytes. */
export function traceIdFromBytes(bytes: Uint8Array): TraceId | undefined {
  if (bytes.length !== TRACE_ID_BYTES) return undefined;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

/** The bytes of an id in a message; empty for none. */
export function traceIdBytes(id: TraceId | undefined): Uint8Array {
  return Buffer.from(id ?? '', 'hex');
}
