import {
  type Attributes,
  type HrTime,
  SpanKind as OtelKind,
  SpanStatusCode,
  TraceFlags,
} from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { TRACING_LIMITS } from './limits.ts';
import type { SpanPlace } from './traceparent.ts';
import type { EndedSpan, SpanFacts, SpanKind } from './tracer.ts';

const KINDS: Readonly<Record<SpanKind, OtelKind>> = {
  internal: OtelKind.INTERNAL,
  server: OtelKind.SERVER,
  client: OtelKind.CLIENT,
  producer: OtelKind.PRODUCER,
};
const SCOPE = { name: 'btcfed' };
const MS_PER_SECOND = 1_000;
const NS_PER_MS = 1e6;

/** The span as exporters of OpenTelemetry read it. */
export function readableSpan(span: EndedSpan, resource: Resource): ReadableSpan {
  const { place, parent, name, kind = 'internal', startMs, endMs, fault, links = [], events = [] } = span;
  const kept = events.slice(0, TRACING_LIMITS.eventsMax);
  return {
    name,
    kind: KINDS[kind],
    spanContext: () => contextOf(place),
    ...(parent === undefined ? {} : { parentSpanContext: contextOf({ ...place, spanId: parent }) }),
    startTime: timeOf(startMs),
    endTime: timeOf(Math.max(startMs, endMs)),
    duration: timeOf(Math.max(0, endMs - startMs)),
    status:
      fault === undefined
        ? { code: SpanStatusCode.UNSET }
        : { code: SpanStatusCode.ERROR, message: cut(fault) },
    attributes: attributesOf(span.facts),
    links: links.map((link) => ({ context: contextOf(link) })),
    events: kept.map((event) => ({
      name: event.name,
      time: timeOf(event.atMs),
      attributes: attributesOf(event.facts),
    })),
    droppedEventsCount: events.length - kept.length,
    droppedAttributesCount: 0,
    droppedLinksCount: 0,
    ended: true,
    resource,
    instrumentationScope: SCOPE,
  };
}

function contextOf({ traceId, spanId }: SpanPlace) {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
}

function timeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / MS_PER_SECOND);
  return [seconds, Math.floor((ms - seconds * MS_PER_SECOND) * NS_PER_MS)];
}

function attributesOf(facts: SpanFacts = {}): Attributes {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, typeof value === 'string' ? cut(value) : value]),
  );
}

function cut(text: string): string {
  return text.slice(0, TRACING_LIMITS.textCharactersMax);
}
