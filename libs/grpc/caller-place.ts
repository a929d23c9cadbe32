import type { Metadata } from '@grpc/grpc-js';
import { type CallerPlace, callerPlaceOf, TRACEPARENT_KEY } from '#libs/tracing/traceparent.ts';

/** The span that a caller names in its metadata; undefined where it names none, or not as the W3C has it. */
export function callerPlaceIn(metadata: Metadata): CallerPlace | undefined {
  const [text, ...more] = metadata.get(TRACEPARENT_KEY);
  return typeof text === 'string' && more.length === 0 ? callerPlaceOf(text) : undefined;
}

/** Whether a caller names a span in a form that is ignored. */
export function isPlaceMalformed(metadata: Metadata): boolean {
  return metadata.get(TRACEPARENT_KEY).length > 0 && callerPlaceIn(metadata) === undefined;
}
