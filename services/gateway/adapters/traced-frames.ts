import { callerPlaceOf } from '#libs/tracing/traceparent.ts';
import type { Tracer } from '#libs/tracing/tracer.ts';
import type { PeerRegistry } from '../peers/peer-registry.ts';
import type { OutgoingFrame } from './wire.ts';

/** Sends a frame of consensus; a span of it ends when it is written to each receiver's connection, or waits for it. */
export function sendTraced(
  { to, trafficClass, payload, traceparent }: OutgoingFrame,
  registry: Pick<PeerRegistry, 'send' | 'dropped'>,
  tracer: Tracer | undefined,
): void {
  const caller = tracer?.isOn === true && traceparent !== '' ? callerPlaceOf(traceparent) : undefined;
  if (tracer === undefined || caller === undefined || !tracer.isRecorded(caller.traceId))
    return registry.send(to, trafficClass, payload);
  const startMs = tracer.nowMs();
  const { dropped } = registry;
  registry.send(to, trafficClass, payload);
  tracer.ended({
    place: { traceId: caller.traceId, spanId: tracer.newSpanId() },
    ...{ parent: caller.spanId, name: 'send frame', kind: 'producer', startMs, endMs: tracer.nowMs() },
    facts: {
      'btcfed.class': trafficClass,
      'btcfed.bytes': payload.length,
      // An empty list is every member.
      ...(to.length === 0 ? {} : { 'btcfed.receivers': to.length }),
      'btcfed.dropped': registry.dropped - dropped,
    },
  });
}
